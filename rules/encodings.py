"""Writes encodings.txt or printable.txt beside this file, from the tables of the Python that runs it.

`python3.13 rules/encodings.py encodings` with the newest Python, which knows every alias, and
`python3.8 rules/encodings.py printable` with the oldest one, which has the fewest printable characters. The ignored tests in
`tests/runtime/encodings.rs` compare both with every Python that is installed.

encodings.txt has one paragraph for each codec. Its first line is `name|codec in the error|reason in the error|one error
covers this many of two bad characters|aliases`; the other lines are ranges of the code points that the codec takes, each
as the gap since the end of the range before and, behind a `+`, its length where that is not 1.
"""

import encodings.aliases
import pathlib
import sys
import textwrap

# Text encodings whose answer for one character does not depend on its neighbours; so not the stateful utf_7, nor
# big5hkscs and the jisx0213 family, which write some combining sequences as one.
CODECS = """
    ascii latin_1 cp037 cp273 cp424 cp437 cp500 cp720 cp737 cp775 cp850 cp852 cp855 cp856 cp857 cp858 cp860 cp861 cp862
    cp863 cp864 cp865 cp866 cp869 cp874 cp875 cp932 cp949 cp950 cp1006 cp1026 cp1125 cp1140 cp1250 cp1251 cp1252 cp1253
    cp1254 cp1255 cp1256 cp1257 cp1258 iso8859_2 iso8859_3 iso8859_4 iso8859_5 iso8859_6 iso8859_7 iso8859_8 iso8859_9
    iso8859_10 iso8859_11 iso8859_13 iso8859_14 iso8859_15 iso8859_16 koi8_r koi8_t koi8_u kz1048 mac_cyrillic mac_greek
    mac_iceland mac_latin2 mac_roman mac_turkish ptcp154 hp_roman8 tis_620 palmos big5 euc_jp euc_kr gb2312 gbk gb18030
    johab shift_jis utf_8 utf_8_sig utf_16 utf_16_be utf_16_le utf_32 utf_32_be utf_32_le
""".split()


def ranges(holds):
    end = 0
    start = None
    for code in range(0x110001):
        if code < 0x110000 and holds(code):
            start = code if start is None else start
        elif start is not None:
            gap, length = start - end, code - start
            yield str(gap) if length == 1 else "%d+%d" % (gap, length)
            start, end = None, code


def lines(holds):
    return "\n".join(textwrap.wrap(" ".join(ranges(holds)), 118))


def encodes(codec):
    def holds(code):
        try:
            chr(code).encode(codec)
        except UnicodeEncodeError:
            return False
        return True

    return holds


def paragraph(codec):
    try:
        "\ud83d\ud83d".encode(codec)
    except UnicodeEncodeError as error:
        fields = [codec, error.encoding, error.reason, str(error.end - error.start)]
    aliases = sorted(alias for alias, name in encodings.aliases.aliases.items() if name == codec)
    return "|".join(fields + [" ".join(aliases)]) + "\n" + lines(encodes(codec)) + "\n"


name = sys.argv[1]
if name == "encodings":
    text = "\n".join(map(paragraph, CODECS))
else:
    text = lines(lambda code: chr(code).isprintable()) + "\n"
with open(pathlib.Path(__file__).with_name(name + ".txt"), "w", newline="\n") as file:
    file.write(text)
