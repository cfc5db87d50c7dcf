"""The figures as a table, one line for each measure and one column for each peer."""
import statistics

UNKNOWN = "–"


def shown(value) -> str:
    if value is None:
        return UNKNOWN
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.2f}" if abs(value) >= 1 else f"{value:.3f}"


def median(values) -> str:
    known = [value for value in values if value is not None]
    if len(known) < len(values):
        return f"{UNKNOWN} ({len(values) - len(known)} of {len(values)} did not end)"
    text = shown(statistics.median(known))
    spread = max(known) - min(known)
    # Runs that differ by more than a fifth say so themselves.
    if len(known) > 1 and spread > 0.2 * abs(statistics.median(known)):
        text += f" [{shown(min(known))}–{shown(max(known))}]"
    return text


def markdown(results: dict) -> str:
    """results: peer -> measure -> list of values, one for each run."""
    measures = list(dict.fromkeys(measure for figures in results.values() for measure in figures))
    lines = ["| | " + " | ".join(results) + " |", "|---|" + "---|" * len(results)]
    for measure in measures:
        cells = [median(figures[measure]) if measure in figures else UNKNOWN for figures in results.values()]
        lines.append(f"| {measure} | " + " | ".join(cells) + " |")
    return "\n".join(lines)
