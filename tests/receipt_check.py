#!/usr/bin/env python3
"""Checks a Bulla receipt offline, with Python's standard library and the openssl command alone.

    receipt_check.py [--mutations] RECEIPT GENESIS

Exit code 0: every check held, the facts are printed. Exit code 1: refused, with the reason. --mutations also
changes every field of the file, one at a time, and requires that each change is refused. The rules are those
of docs/formats/; each function names its page. Not examined: who the signers are (bulla verify does that).
"""
import functools, hashlib, struct, subprocess, sys, tempfile
from pathlib import Path

class Refused(Exception): pass

def need(held, reason):
    if not held: raise Refused(reason)

# canonical.md: a message is its fields in rising order, each a number or bytes, in the shortest form.
def number(n): return bytes([n]) if n < 128 else bytes([n & 127 | 128]) + number(n >> 7)
def field(n, v): return number(n << 3) + number(v) if isinstance(v, int) else number(n << 3 | 2) + number(len(v)) + v
def message(fields): return b"".join(field(n, value) for n, value in fields)

def wire(data):
    """The (number, value) of each field; refused unless writing them again gives the same bytes."""
    fields, at = [], 0
    def varint(value=0, shift=0):
        nonlocal at
        value, at = value | (data[at] & 127) << shift, at + 1
        return value if data[at - 1] < 128 else varint(value, shift + 7)
    while at < len(data):
        tag, value = varint(), varint()
        if tag & 7: value, at = data[at:at + value], at + value
        fields.append((tag >> 3, value))
    need(message(fields) == data and all(n and value != 0 for n, value in fields), "an encoding is not canonical")
    return fields

def read(data, layout):
    """A message's fields from number 1 on: u is a number, b bytes or a message, * repeated."""
    forms, last = layout.split(), 0
    out = [[] if "*" in form else 0 if form == "u" else b"" for form in forms]
    for n, value in wire(data):
        need(n <= len(forms) and isinstance(value, int) == (forms[n - 1] == "u"), "there is an unknown field")
        need(n > last or n == last and "*" in forms[n - 1], "a field is repeated or out of order")
        out[n - 1], last = out[n - 1] + [value] if "*" in forms[n - 1] else value, n
    return out

# framing.md: H is SHA-256; what is hashed or signed begins with its domain and the suite.
def H(*parts): return hashlib.sha256(b"".join(parts)).digest()
def frame(domain): return bytes([len(domain) + 8]) + b"bulla/1/" + domain.encode() + b"\1"
def framed(domain, *parts): return H(frame(domain), *parts)

@functools.cache
def signed(key, text, signature):
    """Ed25519 (RFC 8032) by openssl, to which the key goes as a SubjectPublicKeyInfo (RFC 8410)."""
    (key_kind, key), (kind, signature) = read(key, "u b"), read(signature, "u b")
    need((key_kind, len(key), kind, len(signature)) == (1, 32, 1, 64), "a key or signature is not Ed25519")
    with tempfile.TemporaryDirectory() as folder:
        k, t, s = (Path(folder, name) for name in "kts")
        k.write_bytes(bytes.fromhex("302a300506032b6570032100") + key), t.write_bytes(text), s.write_bytes(signature)
        return not subprocess.run(["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", k, "-rawin",
                                   "-in", t, "-sigfile", s], capture_output=True).returncode

def founders(genesis):
    """genesis.md: the first validators are the consensus keys of founders with power, rising by address."""
    found = []
    for member, power in (read(founder, "b u") for founder in read(genesis, "u u b u b b*")[5]):
        for key, purpose, _ in (read(declared, "b u b") for declared in read(member, "u b b b b b*")[5]):
            if power and purpose == 4:
                found.append([(1, framed("address", b"\0\0\0\1", read(key, "u b")[1])), (2, key), (3, power)])
    return message((1, message(validator)) for validator in sorted(found))

HEADER = ("version suite protocol ledger height time builder parent parent_certificate before after log_root "
          "second_root state_root validators next_validators parameters").split()

def certified(data, certificate, history, ledger):
    """header.md, vote.md, certificate.md: a quorum of the validators then in force precommitted this header."""
    need(len(data) == 360, "a header has 360 bytes")
    header = dict(zip(HEADER, struct.unpack(">HHI32sQQ32s32s32sQQ32s32s32s32s32s32s", data)))
    need((header["version"], header["suite"], header["ledger"]) == (1, 1, ledger), "a header is of another ledger")
    validators = [validators for changed, validators in history if changed < header["height"]][-1]
    need(header["validators"] == framed("validators", validators), "a header names other validators")
    height, round, block, votes = read(certificate, "u u b b*")
    need((height, block) == (header["height"], framed("header", data)), "a certificate is of another header")
    known = {address: (key, power) for address, key, power in (read(v, "b b u") for v in read(validators, "b*")[0])}
    votes = [read(vote, "b b") for vote in votes]
    voters = [voter for voter, _ in votes]
    need(voters == sorted(set(voters)) and set(voters) <= set(known), "a voter is unknown, repeated or out of order")
    for voter, signature in votes:
        vote = frame("vote") + struct.pack(">32sBQIB32s32s", ledger, 2, height, round, 1, block, voter)
        need(signed(known[voter][0], vote, signature), "a validator's signature does not verify")
    quorum = lambda power: 3 * power > 2 * sum(power for _, power in known.values())
    held = sum(known[voter][1] for voter in voters)
    need(quorum(held) and not any(quorum(held - known[v][1]) for v in voters), "the votes are no exact quorum")
    return header

def included(node, index, size, path):
    """log.md, RFC 9162 section 2.1.3.2: the root that an inclusion path leads to."""
    last = size - 1
    for sibling in path:
        need(last and len(sibling) == 32, "an inclusion path is too long")
        if index & 1 or index == last:
            node = H(b"\1", sibling, node)
            while index and not index & 1: index, last = index >> 1, last >> 1
        else: node = H(b"\1", node, sibling)
        index, last = index >> 1, last >> 1
    need(not last, "an inclusion path is too short")
    return node

def check(file, genesis):
    """receipt.md: every step for each receipt; gives the lines that say what it proves."""
    ledger, facts = framed("genesis", genesis), []
    version, receipts, bundles = read(file, "u b* b*")
    receipts = [read(receipt, "u b u b* b b b b* b*") for receipt in receipts]
    digests = [framed("bundle", bundle) for bundle in bundles]
    need(version == 1 and receipts and digests == sorted({r[6] for r in receipts}), "receipts and bundles do not fit")
    for version, entry, index, path, header, certificate, digest, later, attested in receipts:
        version_2, transitions, state, state_certificate, _ = read(bundles[digests.index(digest)], "u b* b b b*")
        need(version == version_2 == 1 and not later + attested, "there is an unknown version, or a renewal")
        history = [(0, founders(genesis))]
        for changed, by, validators in (read(transition, "b b b") for transition in transitions):
            change = certified(changed, by, history, ledger)
            need(change["height"] > history[-1][0], "the changes of validators are out of order")
            need(change["next_validators"] == framed("validators", validators), "a header brings other validators")
            history.append((change["height"], validators))
        block, state = certified(header, certificate, history, ledger), certified(state, state_certificate, history, ledger)
        need(state["height"] >= block["height"], "the header of the records is older than the entry")
        need(block["before"] <= index < block["after"], "the index is not of this block")
        need(included(H(b"\0", entry), index, block["after"], path) == block["log_root"], "the entry is not in the log")
        version, height, time, transaction, _, outcomes = read(entry, "u u u b b b*")
        need((version, height, time) == (1, block["height"], block["time"]), "the entry is not of this block")
        facts.append(f"entry {index}, height {height}, {time} ms UTC")
        actions = [wire(action)[0] for action in read(read(transaction, "b b*")[0], "u b b u b* b*")[5]]
        for deposit, outcome in ((action, outcome) for (kind, action), outcome in zip(actions, outcomes) if kind == 1):
            values = [read(digest, "u b")[1].hex() for digest in read(deposit, "b* b u b b* b b")[0]]
            facts.append(f"evidence {wire(outcome)[0][1]}, digests {' '.join(values)}")
    return facts

def mutations(data, place="file"):
    """Copies of a message with one field changed or left out, also inside nested messages, and where."""
    for i, (n, value) in enumerate(fields := wire(data)):
        put = lambda *new: message([*fields[:i], *new, *fields[i + 1:]])
        yield f"{place}.{n} left out", put()
        if isinstance(value, int): yield f"{place}.{n} raised", put((n, value + 1))
        else: yield from ((f"{place}.{n} byte {at}", put((n, value[:at] + bytes([value[at] ^ 1]) + value[at + 1:])))
                          for at in range(0, len(value), 2))
        try: yield from ((where, put((n, new))) for where, new in mutations(value, f"{place}.{n}"))
        except (Refused, IndexError, TypeError): pass  # no message inside

def refusal(file, genesis):
    try: return check(file, genesis) and None
    except (Refused, IndexError, OverflowError) as reason: return str(reason)

if __name__ == "__main__":
    *options, file, genesis = sys.argv[1:3 + ("--mutations" in sys.argv)]
    file, genesis = Path(file).read_bytes(), Path(genesis).read_bytes()
    if reason := refusal(file, genesis): sys.exit(f"REFUSED: {reason}")
    print(*check(file, genesis), "VERIFIED", sep="\n")
    results = [(where, refusal(changed, genesis)) for where, changed in mutations(file)] if options else []
    for where, reason in results: print(f"{where}: {reason or 'ACCEPTED'}")
    sys.exit(not all(reason for _, reason in results))
