"""The baseline "FastAPI + SQLAlchemy": built as the service was that this project replaces.

``bench.targets`` names multiples of that service. So it is here with all that it does for a
request: bare endpoints, which log nothing, set no header, know no other origin and read a token in
one step, answer up to three times as many, but nobody puts them on a network, and no target is
about them. Around an endpoint stand CORS, two middlewares and a chain of ``def`` dependencies, each
a hop to a thread. The endpoint is ``async def`` and yet asks the database itself, on the event
loop, through a service that makes dicts of rows; of these the answer is made, and validated again.

A lock is a new row each time, and rows of old ones stay: the longer it runs, the longer it looks.
Two things are not as they were, as all subjects give the same answers: documents are objects, not
text, and an answer tells the version and the lock. Beside the code of that service itself, in turn
on one machine, a retrieve, a PUT and a lock pair take as long within 15 %, on both databases; a
list takes twice as long, as a hundred documents are decoded and encoded again.
"""
