"""A hasher that notices how many of it run at the same time, and lets others do something."""

import threading
import time
from typing import Any

from django.contrib.auth.hashers import MD5PasswordHasher

PATH = f"{__name__}.CountingHasher"


class Count:
    def __init__(self) -> None:
        self.running = self.most = self.all = 0
        self.lock = threading.Lock()

    def meanwhile(self) -> None:
        """What somebody else does while a hash is computed; a test puts it here."""

    def add(self, step: int) -> None:
        with self.lock:
            self.running += step
            self.most = max(self.most, self.running)
            self.all += step > 0


class CountingHasher(MD5PasswordHasher):
    algorithm = "counting"
    count = Count()

    def encode(self, *args: Any, **kwargs: Any) -> str:
        self.count.add(1)
        try:
            time.sleep(0.02)  # so that others come in between
            self.count.meanwhile()
            return super().encode(*args, **kwargs)
        finally:
            self.count.add(-1)
