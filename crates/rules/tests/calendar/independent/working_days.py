#!/usr/bin/env python3
"""Writes working_days.json: which days an independent implementation takes to be worked.

Needs `pip install chinesecalendar==1.11.0`, in an environment outside the repository; then

    python3 working_days.py > working_days.json
"""

import datetime
import json
import sys

import chinese_calendar

YEARS = range(2004, 2027)


def month(year, number):
    day, signs = datetime.date(year, number, 1), ""
    while day.month == number:
        signs += "w" if chinese_calendar.is_workday(day) else "-"
        day += datetime.timedelta(days=1)
    return signs


years = {str(year): [month(year, number) for number in range(1, 13)] for year in YEARS}
json.dump({"package": "chinesecalendar 1.11.0", "years": years}, sys.stdout, indent=1)
print()
