"""Results as a file over REST."""

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from gal_dashboard.api.views import ApiViewSet
from tournaments import result_files, result_import, selectors
from tournaments.errors import TournamentNotFoundError
from tournaments.result_file_serializers import ResultImportInput, ResultImportReportSerializer


class ResultFileViewSet(ApiViewSet):
    area = "tournaments"

    def find(self, pk: int) -> None:
        if not selectors.tournament_exists(pk):
            raise TournamentNotFoundError

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.STR})
    def download_results(self, request: Request, pk: int) -> HttpResponse:
        """All results as CSV, a row for each seat.

        The columns are game, lobby, player, place and absent. The file comes back in unchanged; a
        cell that a spreadsheet would take for a formula has an apostrophe in front.
        """
        return HttpResponse(
            result_files.write(selectors.result_rows(pk)),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="results-{pk}.csv"'},
        )

    @extend_schema(request=ResultImportInput, responses={200: ResultImportReportSerializer})
    def import_results(self, request: Request, pk: int) -> Response:
        """Enter the results of a CSV file, all or nothing.

        By default it only says what would change. Lobbies that the file does not name stay as they
        are; of a lobby that it names it is the whole result. Every fault is named by its line.
        """
        fields = self.validated(ResultImportInput)
        report = result_import.import_results(
            actor=request.user,
            tournament_id=pk,
            text=fields["document"],
            is_dry_run=fields["dry_run"],
            fingerprint=fields.get("fingerprint"),
        )
        return Response(
            {
                "dry_run": fields["dry_run"],
                "lobbies": [
                    {"game": str(one.game), "lobby": one.lobby, "outcome": one.outcome}
                    for one in report.lobbies
                ],
                **{outcome: report.count(outcome) for outcome in result_import.OUTCOMES},
                "fingerprint": report.fingerprint,
                "snapshot_id": report.standings["snapshot_id"],
                "after": report.standings["after"],
                "top": report.top,
            }
        )
