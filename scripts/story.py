#!/usr/bin/env python3
"""What scripts/demo says of the JSON that bulla prints. Standard library only."""

import datetime
import json
import sys
import unicodedata


def wide(text, columns):
    """Pads a text to so many columns: Chinese takes two a character."""
    taken = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
    return text + " " * max(0, columns - taken)


def minute(time):
    return time[:16].replace("T", " ")


def get(said, path):
    for part in path.split("."):
        said = said[int(part)] if part.isdigit() else said[part]
    print(said)


def step(said):
    done, state = said["step"]["title"]["zh"], said["state"]["title"]["zh"]
    given = [*said["registrations"], *said["certificates"]]
    line = f"  {minute(said['time'])}  {wide(said['case'], 17)} {wide(done, 40)} → {state}"
    print(line + (f"  [{' '.join(given)}]" if given else ""))


def refusal(said, reason):
    error = said["error"]
    if reason and error["reason"] != reason:
        sys.exit(f"demo: refused for {error['reason']}, not for {reason}: {error}")
    print(f"  ✗ {error['reason']}: {error['message']['en']} / {error['message']['zh']}")


def profile(said):
    print(f"  {said['profile']['name']} {said['version']}  {said['profile']['title']['zh']}  {said['digest']}")


def deposits(said):
    for deposit in said:
        number, index = deposit["evidence_number"], deposit["entry_index"]
        print(f"  {number}  index {index}  {minute(deposit['time'])}  {deposit['file']}")
        for digest in deposit["digests"]:
            print(f"      {digest['algorithm']:8} {digest['value']}")


def paths(said):
    for deposit in said:
        print(f"{deposit['entry_index']}\t{deposit['path']}")


def receipt(said):
    print(f"  ✓ receipt verified offline / 回执离线核验通过  {said['file'].rsplit('/', 1)[-1]}")


def proof(said):
    report = said["report"]
    record, answer = report["record"], report.get("answer")
    told = f"as of height {report['as_of']['height']}"
    if answer:
        standings = ", ".join(dict.fromkeys(span["standing"] for span in answer["spans"]))
        told = f"on {day(answer['from_ms'])}: {answer['verdict']} ({standings})".replace("_", " ")
    print(f"  ✓ {wide(record['identifier'], 17)} {wide(record['record'], 12)} proved offline / 离线证明通过  {told}")


def day(ms):
    east8 = datetime.timezone(datetime.timedelta(hours=8))
    return datetime.datetime.fromtimestamp(ms / 1000, east8).strftime("%Y-%m-%d")


def tamper(source, target):
    with open(source, "rb") as file:
        data = bytearray(file.read())
    data[len(data) // 3] ^= 1
    with open(target, "wb") as file:
        file.write(data)


def main(verb, *arguments):
    if verb == "tamper":
        return tamper(*arguments)
    with open(arguments[0], encoding="utf-8") as file:
        said = json.load(file)
    verbs = {
        "get": get,
        "step": step,
        "refusal": refusal,
        "profile": profile,
        "deposits": deposits,
        "paths": paths,
        "receipt": receipt,
        "proof": proof,
    }
    return verbs[verb](said, *arguments[1:])


if __name__ == "__main__":
    main(*sys.argv[1:])
