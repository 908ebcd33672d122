"""Prints what the public package simple-icd-10-cm says of every code, chapter and block, one JSON object a line.

Its wheel is on PYTHONPATH; tests/peer.rs compares the lines with the built index.
"""

import json
import sys
import warnings

warnings.simplefilter("ignore")

import simple_icd_10_cm as peer  # noqa: E402


def lines(text):
    return text.split("\n") if text else []


for code in peer.get_all_codes():
    block = peer.is_block(code)
    print(
        json.dumps(
            {
                "code": code,
                "kind": "chapter"
                if peer.is_chapter(code)
                else "block"
                if block and not peer.is_category(code)
                else "code",
                "parent": peer.get_parent(code),
                "children": peer.get_children(code),
                "leaf": peer.is_leaf(code),
                "description": peer.get_description(code),
                "notes": {
                    "inclusionTerm": peer.get_inclusion_term(code),
                    "includes": peer.get_includes(code),
                    "excludes1": peer.get_excludes1(code),
                    "excludes2": peer.get_excludes2(code),
                    "useAdditionalCode": lines(peer.get_use_additional_code(code)),
                    "codeFirst": lines(peer.get_code_first(code)),
                    "codeAlso": lines(peer.get_code_also(code)),
                    "note": lines(peer.get_notes(code)),
                },
                "sevenths": peer.get_seven_chr_def(code),
            }
        )
    )
# Codes that are none: every one-character change of a sample of those that are.
if len(sys.argv) > 1:
    step = int(sys.argv[1])
    characters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    for code in peer.get_all_codes(False)[::step]:
        for at in range(len(code)):
            for other in characters:
                changed = code[:at] + other + code[at + 1 :]
                if changed != code:
                    valid = peer.is_valid_item(changed) and peer.is_category_or_subcategory(changed)
                    print(json.dumps({"changed": changed, "valid": valid}))
