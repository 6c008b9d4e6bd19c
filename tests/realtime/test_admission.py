from gal_dashboard.realtime.admission import PROCESS, Admission


def test_full_place_lets_nobody_in_until_somebody_leaves(settings):
    settings.RATE_LIMITS = True
    admission = Admission()

    answers = [admission.enter(PROCESS, 2) for _ in range(3)]
    admission.leave(PROCESS)

    assert answers == [True, True, False]
    assert admission.enter(PROCESS, 2)
    assert admission.enter("address 192.0.2.1", 2)


def test_without_limits_everybody_gets_in_and_is_counted(settings):
    settings.RATE_LIMITS = False
    admission = Admission()

    assert all(admission.enter(PROCESS, 2) for _ in range(5))
    assert admission.count(PROCESS) == 5
