"""What a picture beside the scores says, in a sentence: computed from the frame it is drawn from."""

from __future__ import annotations

import math

import pandas as pd

from embedviz.evaluation.scores import readable

FEW_POINTS = 0.02  # of certainty: a gap that nobody acts on
USUAL_NOISE = 0.8  # mean of |error| over its standard deviation, for a normal error
POOLED = 0.05  # of the rows at least are what is said of the rarest and of the most popular items
HEDGED = 0.8  # a slope of the estimates below this is called kept to the middle
LEANING = 0.5  # of the mean absolute error, from which a mean error is called leaning to one side
STEADY = 0.8  # a correlation of the mean error with the size of the numbers beyond this is called steady
TOO_HIGH, TOO_LOW = "mostly too high", "mostly too low"
TOGETHER = 1.5  # times chance, from which labels of a group are said to end up together


def confusion_sentence(frame: pd.DataFrame) -> str:
    """true, predicted, rows -> how many are right, which class is hardest, what is taken for what most often."""
    right = frame[frame["true"] == frame["predicted"]].set_index("true")["rows"]
    sizes = frame.groupby("true", sort=False)["rows"].sum()
    shares = (right / sizes[sizes > 0]).dropna()
    said = [f"Right in {int(right.sum()):,} of {int(sizes.sum()):,} rows, on the diagonal."]
    if len(shares) > 1:
        hardest = shares.idxmin()
        said.append(f"Hardest is “{hardest}”, told in {shares[hardest]:.0%} of its {int(sizes[hardest]):,} rows.")
    answered = frame.groupby("predicted", sort=False)["rows"].sum()
    never = [name for name in sizes.index if sizes[name] and not answered[name]]
    if never:
        more = f" and {len(never) - 1:,} others" if len(never) > 1 else ""
        said.append(f"It never answers “{never[0]}”{more}: look at F1 beside accuracy.")
    elif len(wrong := largest_confusions(frame, 1)):
        worst = wrong.iloc[0]
        said.append(
            f"Most often “{worst['true']}” is taken for “{worst['predicted']}”: {int(worst['rows']):,} "
            f"{'row' if worst['rows'] == 1 else 'rows'}."
        )
    return " ".join(said)


def largest_confusions(frame: pd.DataFrame, most: int = 20) -> pd.DataFrame:
    """true, predicted, rows, share of the true class's rows: wrong answers, the most frequent first."""
    wrong = frame.assign(share=frame["rows"] / frame.groupby("true")["rows"].transform("sum"))
    wrong = wrong[(wrong["true"] != wrong["predicted"]) & (wrong["rows"] > 0)]
    return wrong.sort_values("rows", ascending=False, kind="stable").head(most).reset_index(drop=True)


def calibration_sentence(frame: pd.DataFrame) -> str:
    """certainty, right, rows a bin -> whether certainty can be taken at its word. A gap counts when it is larger than
    what so few rows give by chance."""
    rows = frame["rows"].sum()
    certain = float((frame["certainty"] * frame["rows"]).sum() / rows)
    right = float((frame["right"] * frame["rows"]).sum() / rows)
    surest = frame.loc[frame["certainty"].idxmax()]
    said = (
        f"Answers given with {surest['certainty']:.0%} certainty were right in {surest['right']:.0%} of cases; over all, "
        f"{certain:.0%} certain and {right:.0%} right"
    )
    gap, chance = certain - right, 2 * math.sqrt(max(right * (1 - right), 1e-4) / rows)
    if abs(gap) > max(chance, FEW_POINTS):
        return f"{said}: it is too {'sure' if gap > 0 else 'unsure'} of itself."
    apart = float(((frame["certainty"] - frame["right"]).abs() * frame["rows"]).sum() / rows)
    variance = (frame["certainty"] * (1 - frame["certainty"])).clip(lower=0)
    by_chance = float((USUAL_NOISE * (variance / frame["rows"]) ** 0.5 * frame["rows"]).sum() / rows)
    if apart > max(2 * by_chance, FEW_POINTS):
        return f"{said}: too sure at some degrees of certainty and too unsure at others, {apart:.0%} off on average."
    return f"{said}: its certainty can be taken at its word."


def popularity_sentence(frame: pd.DataFrame) -> str:
    """from, to (ratings of the item in training), rmse, rows a bin -> whether rare items fare worse. The first bins and
    the last ones are taken together until they hold enough rows to speak of."""
    frame = frame.sort_values("from", ignore_index=True)
    if len(frame) < 2:
        return "All items of the test part were rated about equally often, so there is nothing to compare."
    rare, popular = _pooled(frame), _pooled(frame[::-1])
    most, least = int(rare["to"].max()), int(popular["from"].min())
    ends = [f"at most {_times(most)} in training" if most else "never in training", f"{_times(least)} or more"]
    return trend_sentence(pd.DataFrame({"items rated": ends, "Root mean squared error": [_rmse(rare), _rmse(popular)]}))


def _times(n: int) -> str:
    return "once" if n == 1 else f"{n:,} times"


def _pooled(frame: pd.DataFrame) -> pd.DataFrame:
    """The first bins that hold a twentieth of the rows together, never more than half of the bins."""
    enough = int((frame["rows"].cumsum() < POOLED * frame["rows"].sum()).sum()) + 1
    return frame.head(min(enough, len(frame) // 2))


def _rmse(frame: pd.DataFrame) -> float:
    return math.sqrt(float((frame["rmse"] ** 2 * frame["rows"]).sum() / frame["rows"].sum()))


def errors_sentence(frame: pd.DataFrame) -> str:
    """rating, mean estimate, rows a bin -> whether estimates follow the ratings or keep to the middle. The slope is that
    of the line through all bins by their rows."""
    rating, estimate, rows = (frame[name].to_numpy(float) for name in ("rating", "mean estimate", "rows"))
    if len(frame) < 2:
        return "All ratings of the test part are the same, so there is nothing to compare."
    apart = rating - (rating * rows).sum() / rows.sum()
    slope = float((rows * apart * estimate).sum() / (rows * apart**2).sum())
    low, high = rating.argmin(), rating.argmax()
    said = (
        f"Ratings of {rating[low]:g} are estimated at {estimate[low]:.2f} on average, ratings of {rating[high]:g} at "
        f"{estimate[high]:.2f}"
    )
    if slope < HEDGED:
        return (
            f"{said}: estimates keep to the middle, as small squared errors ask for. Trust the order before the number."
        )
    return f"{said}: estimates follow the ratings over their whole range."


def size_errors_sentence(frame: pd.DataFrame) -> str:
    """low, high (of the true numbers), mae, bias (predicted less true), rows a group -> how far off the smallest, the
    largest and the worst are, and whether estimates keep to the middle."""
    if len(frame) < 2:
        return "There is too little data to compare."
    frame = frame.sort_values(["low", "high"], ignore_index=True)
    last, worst = len(frame) - 1, int(frame["mae"].idxmax())
    said = " ".join(
        f"True numbers of {number_range(row['low'], row['high'])} are {number(row['mae'])} off on average, {_leaning(row)}."
        for row in (frame.loc[place] for place in dict.fromkeys((0, last, worst)))
    )
    falling = frame["bias"].corr(pd.Series(range(len(frame)))) < -STEADY
    if falling and _leaning(frame.loc[0]) == TOO_HIGH and _leaning(frame.loc[last]) == TOO_LOW:
        return f"{said} It keeps to the middle."
    return said


def number(value: float) -> str:
    """12,340; 12.34; 0.1234."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def number_range(low: float, high: float) -> str:
    """0.5 to 12,340; the number itself where both are the same."""
    return number(low) if low == high else f"{number(low)} to {number(high)}"


def _leaning(row: pd.Series) -> str:
    if abs(row["bias"]) <= LEANING * row["mae"]:
        return "as often too high as too low"
    return TOO_HIGH if row["bias"] > 0 else TOO_LOW


def groups_sentence(frame: pd.DataFrame) -> str:
    """space, column, share, chance -> whether labels of one group end up as neighbours, the clearest group first."""
    order = (frame["share"] - frame["chance"]).sort_values(ascending=False, kind="stable").index
    said = []
    for _, row in frame.loc[order].iterrows():
        together = "they end up together" if row["share"] > TOGETHER * row["chance"] else "hardly more than by chance"
        said.append(
            f"Of the ten nearest to a label of “{row['space']}”, {row['share']:.0%} are of the same “{row['column']}”, "
            f"{row['chance']:.0%} by chance: {together}."
        )
    return " ".join(said)


def trend_sentence(frame: pd.DataFrame, lower_is_better: bool = True) -> str:
    """The second column over the first, from its first row to its last: does what is rare fare worse?"""
    x, y = frame.columns[:2]
    known = frame[frame[y].notna()]
    if len(known) < 2:
        return "There is too little data to compare."
    first, last = known.iloc[0], known.iloc[-1]
    change = (last[y] - first[y]) / abs(first[y]) if first[y] else 0.0
    name = readable(str(y))
    said = (
        f"{name[:1].upper()}{name[1:]} goes from {first[y]:.3f} at {readable(str(x))} {_plain(first[x])} to {last[y]:.3f} at "
        f"{_plain(last[x])}"
    )
    if abs(change) < 0.05:
        return f"{said}: about the same for the rare and the frequent."
    better = (change < 0) == lower_is_better
    return f"{said}: the frequent fare {'better' if better else 'worse'} than the rare."


def _plain(value: object) -> str:
    return f"{value:,g}" if isinstance(value, (int, float)) else str(value)
