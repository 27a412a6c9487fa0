#!/usr/bin/env python3
"""Verifies a log folder without any code of Lika, by Python's standard library and openssl.

    verify_log.py FOLDER VERIFIER_KEY_FILE

Reads every entry bundle, rebuilds the Merkle tree of RFC 6962 from the entries, compares its root with the checkpoint's
and checks the checkpoint's Ed25519 signature (c2sp.org/tlog-tiles, tlog-checkpoint, signed-note). Exit 0 if all is well.
"""
import base64
import hashlib
import pathlib
import subprocess
import sys
import tempfile

ED25519_DER_PREFIX = bytes.fromhex("302a300506032b6570032100")


def fail(reason):
    sys.exit(f"verify_log: {reason}")


def open_checkpoint(note, key_text):
    name, key_id, encoded = key_text.strip().split("+", 2)
    key = base64.b64decode(encoded)
    if key[0] != 1 or hashlib.sha256(name.encode() + b"\n" + key).digest()[:4].hex() != key_id:
        fail("the verifier key contradicts itself")
    text, signatures = note.split("\n\n", 1)
    text += "\n"
    for line in signatures.splitlines():
        dash, signer, blob = line.split(" ")
        blob = base64.b64decode(blob)
        if signer == name and blob[:4].hex() == key_id:
            check_ed25519(key[1:], text.encode(), blob[4:])
            origin, size, root = text.splitlines()
            return int(size), base64.b64decode(root)
    fail("the checkpoint is not signed by that key")


def check_ed25519(public, message, signature):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "key").write_bytes(ED25519_DER_PREFIX + public)
        (folder / "message").write_bytes(message)
        (folder / "signature").write_bytes(signature)
        command = ["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-keyform", "DER", "-inkey", folder / "key"]
        command += ["-in", folder / "message", "-sigfile", folder / "signature"]
        if subprocess.run(command, capture_output=True).returncode != 0:
            fail("the checkpoint's signature does not hold")


def bundle_path(folder, number, width):
    groups = [f"{number % 1000:03}"]
    while number >= 1000:
        number //= 1000
        groups.insert(0, f"x{number % 1000:03}")
    path = folder / "tile" / "entries" / "/".join(groups)
    partial = path.with_name(path.name + ".p") / str(width)
    return partial if width < 256 and partial.exists() else path


def entries(folder, size):
    for first in range(0, size, 256):
        width = min(256, size - first)
        data = bundle_path(folder, first // 256, width).read_bytes()
        at = 0
        for _ in range(width):
            length = int.from_bytes(data[at : at + 2], "big")
            if at + 2 + length > len(data):
                fail(f"bundle {first // 256} is cut off")
            yield data[at + 2 : at + 2 + length]
            at += 2 + length


def root_of(leaves):
    stack = []  # (height, hash), heights falling
    for leaf in leaves:
        node = (0, hashlib.sha256(b"\x00" + leaf).digest())
        while stack and stack[-1][0] == node[0]:
            node = (node[0] + 1, hashlib.sha256(b"\x01" + stack.pop()[1] + node[1]).digest())
        stack.append(node)
    if not stack:
        return hashlib.sha256(b"").digest()
    root = stack.pop()[1]
    while stack:
        root = hashlib.sha256(b"\x01" + stack.pop()[1] + root).digest()
    return root


def main():
    if len(sys.argv) != 3:
        fail("usage: verify_log.py FOLDER VERIFIER_KEY_FILE")
    folder = pathlib.Path(sys.argv[1])
    size, root = open_checkpoint((folder / "checkpoint").read_text(), pathlib.Path(sys.argv[2]).read_text())
    if root_of(entries(folder, size)) != root:
        fail("the entries do not give the root that was signed")
    print(f"verified {size} entries under root {base64.b64encode(root).decode()}")


main()
