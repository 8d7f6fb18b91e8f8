#!/usr/bin/env python3
"""Checks a Bulla receipt offline: receipt_check.py [--mutations] RECEIPT GENESIS

Needs Python's standard library and openssl alone. Exit code 0: all checks held, the facts are printed; 1: refused,
with the reason. --mutations also changes every field of the file, one at a time; each change must be refused. The
rules are those of docs/formats/, each function names its page. Signers' records are left to bulla verify.
"""
import functools, hashlib, struct, subprocess, sys, tempfile
from pathlib import Path

def need(held, reason):
    if not held: raise ValueError(reason)

# canonical.md: a message is its fields in rising order, each a number or bytes, in their shortest form.
def number(n): return bytes([n]) if n < 128 else bytes([n & 127 | 128]) + number(n >> 7)
def field(n, v): return number(n << 3) + number(v) if isinstance(v, int) else number(n << 3 | 2) + number(len(v)) + v
def message(fields): return b"".join(field(n, value) for n, value in fields)

def wire(data):
    """The (number, value) of each field; refused unless writing them again, in order, gives the same bytes."""
    fields, at = [], 0
    def varint(value=0, shift=0):
        nonlocal at
        value, at = value | (data[at] & 127) << shift, at + 1
        return value if data[at - 1] < 128 or shift > 63 else varint(value, shift + 7)
    while at < len(data):
        tag, value = varint(), varint()
        if tag & 7: value, at = data[at:at + value], at + value
        fields.append((tag >> 3, value))
    need(message(sorted(fields, key=lambda f: f[0])) == data and all(n and v != 0 for n, v in fields), "not canonical")
    return fields

def read(data, layout):
    """A message's fields from number 1 on: u is a number, b bytes or a message, * repeated."""
    forms, fields = layout.split(), wire(data)
    lists = [[v for n, v in fields if n == i and isinstance(v, int) == (f == "u")] for i, f in enumerate(forms, 1)]
    once = all(len(values) < 2 or "*" in form for values, form in zip(lists, forms))
    need(once and sum(map(len, lists)) == len(fields), "a field is unknown or repeated")
    return [v if "*" in f else v[0] if v else 0 if f == "u" else b"" for v, f in zip(lists, forms)]

# framing-and-keys.md: H is SHA-256; what is hashed or signed begins with its domain and the suite.
def H(*parts): return hashlib.sha256(b"".join(parts)).digest()
def frame(domain): return bytes([len(domain) + 8]) + b"bulla/1/" + domain.encode() + b"\1"
def framed(domain, *parts): return H(frame(domain), *parts)

@functools.cache
def check_signature(key, text, signature):
    """Ed25519 (RFC 8032) by openssl, to which the key goes as a SubjectPublicKeyInfo (RFC 8410)."""
    (kind, key), (kind_2, signature) = read(key, "u b"), read(signature, "u b")
    need((kind, len(key), kind_2, len(signature)) == (1, 32, 1, 64), "a key or signature is not Ed25519")
    key = bytes.fromhex("302a300506032b6570032100") + key
    with tempfile.TemporaryDirectory() as folder:
        for name, content in ("key", key), ("text", text), ("sig", signature): Path(folder, name).write_bytes(content)
        command = "openssl pkeyutl -verify -pubin -keyform DER -inkey key -rawin -in text -sigfile sig"
        need(not subprocess.run(command.split(), cwd=folder, capture_output=True).returncode, "a signature is wrong")

def founders(genesis):
    """genesis.md: the first validators are the consensus keys of founders with power, rising by address."""
    found = [[(1, framed("address", b"\0\0\0\1", read(key, "u b")[1])), (2, key), (3, power)]
             for member, power in (read(founder, "b u") for founder in read(genesis, "u u b u b b* b")[5])
             for key, use, _ in (read(k, "b u b") for k in read(member, "u b b b b b*")[5]) if power and use == 4]
    return message((1, message(validator)) for validator in sorted(found))

HEADER = ("version suite protocol ledger height time builder parent parent_certificate before after log_root "
          "second_root state_root validators next_validators parameters").split()
def certified(data, certificate, history, ledger):
    """header.md, vote.md, certificate.md: a quorum of the validators then in force precommitted this header."""
    header = dict(zip(HEADER, struct.unpack(">HHI32sQQ32s32s32sQQ32s32s32s32s32s32s", data)))
    need((header["version"], header["suite"], header["ledger"]) == (1, 1, ledger), "a header is of another ledger")
    _, validators = max(change for change in history if change[0] < header["height"])
    need(header["validators"] == framed("validators", validators), "a header names other validators")
    height, round, block, signatures = read(certificate, "u u b b*")
    need((height, block) == (header["height"], framed("header", data)), "a certificate is of another header")
    known = {address: (key, power) for address, key, power in (read(v, "b b u") for v in read(validators, "b*")[0])}
    voters = dict(read(signature, "b b") for signature in signatures)
    need(len(voters) == len(signatures) and [*voters] == sorted(known.keys() & voters), "a voter is not in its place")
    for voter, signature in voters.items():
        vote = struct.pack(">32sBQIB32s32s", ledger, 2, height, round, 1, block, voter)
        check_signature(known[voter][0], frame("vote") + vote, signature)
    quorum = lambda power: 3 * power > 2 * sum(power for _, power in known.values())
    held = sum(known[voter][1] for voter in voters)
    need(quorum(held) and not any(quorum(held - known[voter][1]) for voter in voters), "the votes are no exact quorum")
    return header

def included(node, index, size, path):
    """log.md, RFC 9162 section 2.1.3: the root that a path leads to; the last hash of the path is the highest."""
    need(index < size and (size > 1) == bool(path), "an inclusion path has another length than index and size ask for")
    if size == 1: return node
    half = 1 << (size - 1).bit_length() - 1
    if index < half: return H(b"\1", included(node, index, half, path[:-1]), path[-1])
    return H(b"\1", path[-1], included(node, index - half, size - half, path[:-1]))

def check(file, genesis):
    """receipt.md: every step for each receipt; gives the lines that say what it proves."""
    ledger, facts = framed("genesis", genesis), []
    version, receipts, bundles = read(file, "u b* b*")
    receipts = [read(receipt, "u b u b* b b b b* b*") for receipt in receipts]
    digests = [framed("bundle", bundle) for bundle in bundles]
    need(version == 1 and receipts and digests == sorted({r[6] for r in receipts}), "receipts and bundles do not fit")
    for version, entry, index, path, header, certificate, digest, later, _ in receipts:
        version_2, founding, transitions, state, votes, _ = read(bundles[digests.index(digest)], "u b b* b b b*")
        need(version == version_2 == 1 and founding == genesis, "a version is unknown or the genesis is another")
        history = [(0, founders(genesis))]
        for changed, by, following in (read(transition, "b b b") for transition in transitions):
            change = certified(changed, by, history, ledger)
            need(change["next_validators"] == framed("validators", following), "a header brings other validators")
            history.append((change["height"], following))
        block = certified(header, certificate, history, ledger)
        need(certified(state, votes, history, ledger)["height"] >= max(block["height"], history[-1][0]), "old bundle")
        need(block["before"] <= index < block["after"], "the index is not of this block")
        leaf = H(b"\0", entry)
        need(included(leaf, index, block["after"], path) == block["log_root"], "the entry is not in the log")
        version, height, time, transaction, _, outcomes = read(entry, "u u u b b b*")
        need((version, height, time) == (1, block["height"], block["time"]), "the entry is not of this block")
        facts.append(f"entry {index}, height {height}, {time} ms UTC")
        for size, path in (read(renewal, "u b*") for renewal in later):
            facts.append(f"also in the log of size {size}, if its root is {included(leaf, index, size, path).hex()}")
        for action, outcome in zip(read(read(transaction, "b b*")[0], "u b b u b* b*")[5], outcomes):
            if wire(action)[0][0] == 1: facts.append(f"evidence {wire(outcome)[0][1]}, digests " + " ".join(
                read(digest, "u b")[1].hex() for digest in read(wire(action)[0][1], "b* b u b b* b b")[0]))
    return facts

def refusal(file, genesis):
    try: return check(file, genesis) and None
    except IndexError: return "cut short"
    except (ValueError, struct.error) as reason: return str(reason)

def mutations(data, place="file"):
    """Copies of a message with one field changed or left out, also inside nested messages, and where."""
    for i, (n, value) in enumerate(fields := wire(data)):
        put = lambda *new: message([*fields[:i], *new, *fields[i + 1:]])
        changes = {"raised": value + 1} if isinstance(value, int) else {
            f"byte {at}": value[:at] + bytes([value[at] ^ 1]) + value[at + 1:] for at in range(0, len(value), 2)}
        yield from ((f"{place}.{n} {change}", put((n, new))) for change, new in changes.items())
        if place != "file": yield f"{place}.{n} left out", put()
        try: yield from ((where, put((n, new))) for where, new in mutations(value, f"{place}.{n}"))
        except (ValueError, IndexError, TypeError): continue  # no message

if __name__ == "__main__":
    file, genesis = (Path(name).read_bytes() for name in sys.argv[-2:])
    if reason := refusal(file, genesis): sys.exit(f"REFUSED: {reason}")
    print(*check(file, genesis), "VERIFIED", sep="\n")
    accepted, digest = 0, lambda file: framed("bundle", read(file, "u b* b*")[2][0])
    for where, changed in mutations(file) if "--mutations" in sys.argv else []:
        # As a forger would, put the bundle's digest right again where a certificate should tell.
        if where[:7] == "file.3." and where[7] in "2345": changed = changed.replace(digest(file), digest(changed))
        reason = refusal(changed, genesis)
        accepted += not reason
        print(f"{where}: {reason or 'ACCEPTED'}")
    sys.exit(accepted > 0)
