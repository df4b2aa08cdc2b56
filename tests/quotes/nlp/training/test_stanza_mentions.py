"""Names read from GUM's coreference annotation."""

from quotes.nlp.training.stanza_mentions import read

GUM = """\
# newdoc id = GUM_news_one
1\tThe\tthe\tDET\tDT\t_\t2\tdet\t_\tEntity=(1-organization-new-n-cf1-2-sgl-UN
2\tUN\tUN\tPROPN\tNNP\t_\t0\troot\t_\tEntity=1)
3\tmet\tmeet\tVERB\tVBD\t_\t2\tdep\t_\t_
4\tAnn\tAnn\tPROPN\tNNP\t_\t2\tdep\t_\tEntity=(2-person-new-n-cf2-1-coref(3-person-new-n-cf2-1-coref
5\tLee\tLee\tPROPN\tNNP\t_\t2\tdep\t_\t_
6\t's\t's\tPART\tPOS\t_\t2\tdep\t_\tEntity=3)
7\taide\taide\tNOUN\tNN\t_\t2\tdep\t_\tEntity=2)
8\tin\tin\tADP\tIN\t_\t2\tdep\t_\t_
9\tRome\tRome\tPROPN\tNNP\t_\t2\tdep\t_\tSpaceAfter=No|Entity=(4-place-new-n-cf3-1-sgl)
10\tMay\tMay\tPROPN\tNNP\t_\t2\tdep\t_\tEntity=(5-time-new-n-cf3-1-sgl)

# newdoc id = GUM_academic_two
1\tOslo\tOslo\tPROPN\tNNP\t_\t0\troot\t_\tEntity=(1-place-new-n-cf1-1-sgl)

"""


def test_names_are_trimmed_and_classed() -> None:
    (sentence,) = read(GUM.splitlines())
    named = [(" ".join(sentence.words[a:b]), kind) for a, b, kind in sentence.named()]
    assert named == [("UN", "Organization"), ("Ann Lee", "Person"), ("Rome", "Location")]
