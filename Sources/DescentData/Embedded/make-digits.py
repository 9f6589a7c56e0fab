#!/usr/bin/env python3
"""Writes DigitsData.swift from the digits table.

Usage: python3 make-digits.py digits.csv.gz > DigitsData.swift

The input is the gzipped table that scikit-learn ships as
sklearn/datasets/data/digits.csv.gz: per line 64 pixel counts in 0...16, then
the label 0...9. The unpacked optdigits.tes of the UCI repository has the same
columns and is read as well.
"""

import gzip
import sys

ALPHABET = "0123456789abcdefg"  # one character per pixel count 0...16

HEADER = """\
// Made by make-digits.py; README.md beside it names the source and the licence.

/// The 1,797 digits, one per line: 64 characters for the pixels of the 8 x 8 image, row by row, then the label.
///
/// A pixel is a count in 0...16, written as the digit of that value in base 17.
enum DigitsData {{
  static let count = {count}
  /// FNV-1a, 64 bits, over the UTF-8 bytes of `text`.
  static let checksum: UInt64 = {checksum:#_x}
  static let text: StaticString = \"\"\"
"""


def fnv1a(data):
    value = 0xCBF29CE484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return value


def encode(line):
    *pixels, label = [int(float(field)) for field in line.split(",")]
    if len(pixels) != 64 or not 0 <= label <= 9 or not all(0 <= p <= 16 for p in pixels):
        sys.exit(f"not a digit: {line!r}")
    return "".join(ALPHABET[p] for p in pixels) + str(label)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    open_table = gzip.open if sys.argv[1].endswith(".gz") else open
    with open_table(sys.argv[1], "rt", encoding="ascii") as table:
        lines = [encode(line.strip()) for line in table if line.strip()]
    checksum = fnv1a("\n".join(lines).encode())
    sys.stdout.write(HEADER.format(count=len(lines), checksum=checksum))
    for line in lines:
        sys.stdout.write(f"    {line}\n")
    sys.stdout.write('    """\n}\n')


main()
