"""Measurements side by side."""

from collections.abc import Iterable

from lucet.utils.benchmark._measurement import Measurement, select_unit, trim_sigfig, unit_to_english


class Compare:
    """A table for each label: a row for each `sub_label` (or statement), a column for each `description`, a part for each number of threads.

    >>> from lucet.utils.benchmark import Compare, Measurement, TaskSpec
    >>> spec = TaskSpec("x + 1", "pass", label="adding", sub_label="3 numbers", description="lucet")
    >>> print(Compare([Measurement(1, [2e-6], spec)]))
    [----- adding -----]
                 | lucet
    1 threads: ---------
      3 numbers  |   2.0
    <BLANKLINE>
    Times are in microseconds (us).
    <BLANKLINE>
    """

    def __init__(self, results: list[Measurement]):
        self._results: list[Measurement] = []
        self.extend_results(results)
        self._trim = self._marked = False
        self._color = ""

    def extend_results(self, results: Iterable[Measurement]) -> None:
        """Add measurements. ValueError for what is none."""
        for result in results:
            if not isinstance(result, Measurement):
                raise ValueError(f"Expected an instance of `Measurement`, got {type(result)} instead.")
            self._results.append(result)

    def trim_significant_figures(self) -> None:
        """Show only the digits that mean something."""
        self._trim = True

    def colorize(self, rowwise: bool = False) -> None:
        """Show the quickest of each part, or of each row, in green, for terminals."""
        self._color = "row" if rowwise else "part"

    def highlight_warnings(self) -> None:
        """Mark with `(!)` times that vary much."""
        self._marked = True

    def print(self) -> None:
        """Print the tables."""
        print(str(self))

    def __str__(self) -> str:
        results = Measurement.merge(self._results)
        labels = dict.fromkeys(result.task_spec.label or result.task_spec.stmt for result in results)
        return "\n".join(self._table(label, [r for r in results if (r.task_spec.label or r.task_spec.stmt) == label]) for label in labels)

    def _table(self, label: str, results: list[Measurement]) -> str:
        unit, scale = select_unit(min(result.median for result in results))
        columns = list(dict.fromkeys(result.task_spec.description or "" for result in results))
        several = len({result.env for result in results}) > 1
        rows: dict[tuple[int, str], dict[str, Measurement]] = {}
        for result in results:
            name = f"({result.env}): {result.as_row_name}" if several else result.as_row_name
            rows.setdefault((result.task_spec.num_threads, name), {})[result.task_spec.description or ""] = result
        texts = {key: [self._cell(row.get(column), scale) for column in columns] for key, row in rows.items()}
        widths = [max(len(column), *(len(cells[i]) for cells in texts.values())) + 1 for i, column in enumerate(columns)]
        first = max(len(name) for _, name in rows) + 4
        head = " " * first + "".join(f"|{column:>{width}}" for column, width in zip(columns, widths, strict=True))
        lines = [f"[{f' {label} ':-^{len(head) - 2}}]", head]
        for threads in dict.fromkeys(count for count, _ in rows):
            lines.append(f"{threads} threads: ".ljust(len(head), "-"))
            part = {key: row for key, row in rows.items() if key[0] == threads}
            for key, row in part.items():
                rivals = [row] if self._color == "row" else list(part.values())
                best = min(result.median for rival in rivals for result in rival.values())
                cells = [
                    f"|{self._colored(f'{text:>{width}}', row.get(column), best)}"
                    for text, width, column in zip(texts[key], widths, columns, strict=True)
                ]
                lines.append(f"  {key[1]}".ljust(first) + "".join(cells))
        return "\n".join([*lines, "", f"Times are in {unit_to_english(unit)} ({unit}).", ""])

    def _cell(self, result: Measurement | None, scale: float) -> str:
        if result is None:
            return ""
        digits = result.significant_figures if self._trim else 9
        value = trim_sigfig(result.median / scale, digits)
        text = f"{value:.0f}" if self._trim and value >= 10 ** (digits - 1) else f"{value:.1f}"
        return f"{text} (!)" if self._marked and result.has_warnings else text

    def _colored(self, text: str, result: Measurement | None, best: float) -> str:
        return f"\033[32m{text}\033[0m" if self._color and result is not None and result.median == best else text
