"""What the sections found: tables, goals, figures for the chart."""


def number(value):
    """A whole number with separators: 13,760."""
    return f"{round(value):,}"


class Table:
    """A heading and rows of text."""

    def __init__(self, title, columns, note=""):
        self.title, self.columns, self.note, self.rows = title, columns, note, []

    def add(self, *cells):
        self.rows.append([str(cell) for cell in cells])

    def as_text(self):
        lines = [[cell.replace("`", "") for cell in row] for row in (self.columns, *self.rows)]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        rule = ["-" * width for width in widths]
        lines.insert(1, rule)
        text = "\n".join(
            "  ".join(
                _align(cell, width, index)
                for index, (cell, width) in enumerate(zip(line, widths, strict=True))
            ).rstrip()
            for line in lines
        )
        return f"{self.title}\n\n{text}\n" + (f"\n{self.note}\n" if self.note else "")

    def as_markdown(self):
        lines = [
            self.columns,
            ["---" if index == 0 else "--:" for index in range(len(self.columns))],
            *self.rows,
        ]
        text = "\n".join("| " + " | ".join(line) + " |" for line in lines)
        return f"### {self.title}\n\n{text}\n" + (f"\n{self.note}\n" if self.note else "")


def _align(cell, width, index):
    return cell.ljust(width) if index == 0 else cell.rjust(width)


class Report:
    """Collects what the sections add."""

    def __init__(self):
        self.tables, self.goals, self.figures = [], [], {}
        # Name, instructions added, times the instructions of nothing, times its processor time.
        self.peers = []

    def add(self, table):
        self.tables.append(table)

    def goal(self, what, goal, reached, met):
        self.goals.append((what, goal, reached, met))

    def figure(self, name, value):
        self.figures[name] = value

    def goals_table(self):
        table = Table("Goals", ["what", "goal", "reached", "met"])
        for what, goal, reached, met in self.goals:
            table.add(what, goal, reached, "yes" if met else "NO")
        return table
