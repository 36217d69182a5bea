from __future__ import annotations

import polars as pl

from pipeline.ingest.cells.keyed_hash import siphash

KEY = bytes(range(16))
MASK = (1 << 64) - 1


def slow_siphash(data: bytes, key: bytes) -> int:
    """Follow the paper word by word, in whole numbers."""
    k0, k1 = int.from_bytes(key[:8], "little"), int.from_bytes(key[8:], "little")
    v = [k0 ^ 0x736F6D6570736575, k1 ^ 0x646F72616E646F6D]
    v += [k0 ^ 0x6C7967656E657261, k1 ^ 0x7465646279746573]

    def turned(word: int, by: int) -> int:
        return (word << by | word >> (64 - by)) & MASK

    def sip_round() -> None:
        v[0] = (v[0] + v[1]) & MASK
        v[2] = (v[2] + v[3]) & MASK
        v[1], v[3] = turned(v[1], 13) ^ v[0], turned(v[3], 16) ^ v[2]
        v[0] = (turned(v[0], 32) + v[3]) & MASK
        v[2] = (v[2] + v[1]) & MASK
        v[1], v[3] = turned(v[1], 17) ^ v[2], turned(v[3], 21) ^ v[0]
        v[2] = turned(v[2], 32)

    padded = data + b"\0" * (7 - len(data) % 8) + bytes([len(data) % 256])
    for at in range(0, len(padded), 8):
        word = int.from_bytes(padded[at : at + 8], "little")
        v[3] ^= word
        sip_round()
        sip_round()
        v[0] ^= word
    v[2] ^= 0xFF
    for _ in range(4):
        sip_round()
    return v[0] ^ v[1] ^ v[2] ^ v[3]


def test_the_example_of_the_paper_has_its_hash() -> None:
    # Appendix A: key 00 01 … 0f, text 00 01 … 0e.
    text = bytes(range(15)).decode()
    assert siphash(pl.Series([text]), key=KEY).tolist() == [0xA129CA6149BE45E5]


def test_texts_of_every_length_have_the_hash_that_the_paper_says() -> None:
    texts = ["县Z9"[at % 3] * at for at in range(70)]
    key = bytes(range(100, 116))
    assert siphash(pl.Series(texts), key=key).tolist() == [
        slow_siphash(text.encode(), key) for text in texts
    ]


def test_more_texts_than_a_piece_keep_their_order() -> None:
    texts = [f"P{at * 7919 % 10_007:07}" for at in range(9_000)]
    found = siphash(pl.Series(texts), key=KEY)
    for at in (0, 4_095, 4_096, 8_999):
        assert found[at] == slow_siphash(texts[at].encode(), KEY)


def test_another_key_gives_another_hash() -> None:
    texts = pl.Series(["410221199001011234"])
    assert siphash(texts, key=KEY)[0] != siphash(texts, key=KEY[::-1])[0]
