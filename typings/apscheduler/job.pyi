from datetime import datetime

class Job:
    next_run_time: datetime | None
