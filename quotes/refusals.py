"""How an input that cannot be taken is named: where it stands, the problem, the remedy."""

from quotes.nlp.document import Frozen


class Refusal(Frozen):
    """An input that was not taken: where it stands, what is wrong, and what would help."""

    origin: str
    line: int | None = None
    problem: str
    remedy: str

    def __str__(self) -> str:
        place = self.origin if self.line is None else f"{self.origin}:{self.line}"
        return f"{place}: {self.problem}; {self.remedy}"


class InputError(ValueError):
    """An input cannot be taken. Carries the problem and the remedy that a Refusal shows."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem}; {remedy}")
        self.problem, self.remedy = problem, remedy

    def refusal(self, origin: str, line: int | None = None) -> Refusal:
        """Return it as the refusal of the input at `origin`."""
        return Refusal(origin=origin, line=line, problem=self.problem, remedy=self.remedy)
