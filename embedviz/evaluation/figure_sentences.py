"""Sentences on the figures beside the scores, computed from the frames that the figures are drawn from."""

from __future__ import annotations

import math

import pandas as pd

from embedviz.core.plurals import counted

MIN_CALIBRATION_GAP = 0.02  # a smaller difference of confidence and accuracy is not worth acting on
NORMAL_ABSOLUTE_MEAN = 0.8  # mean of |x| over the standard deviation of a normal x
MIN_POOLED_SHARE = 0.05  # of the rows, behind what is reported of the rarest and of the most popular items
SHRUNK_SLOPE = 0.8  # estimates with a lower slope over the true numbers are shrunk towards the mean
BIASED_SHARE = 0.5  # of the mean absolute error, from which a mean error counts as bias
STEADY_CORRELATION = 0.8  # of bias and size of the numbers, from which the bias falls steadily
TOO_HIGH, TOO_LOW = "mostly too high", "mostly too low"
MIN_ERROR_CHANGE = 0.05  # relative, from which the errors of rare and popular items count as different
CLUSTERED_RATIO = 1.5  # purity over chance, from which a group is reported as clustered


def confusion_sentence(frame: pd.DataFrame) -> str:
    """Describe a confusion matrix (true, predicted, rows): accuracy, the class of the lowest recall, the largest confusion."""
    right = frame[frame["true"] == frame["predicted"]].set_index("true")["rows"]
    sizes = frame.groupby("true", sort=False)["rows"].sum()
    shares = (right / sizes[sizes > 0]).dropna()
    rows = counted(int(sizes.sum()), "row", "rows")
    sentences = [f"Classified correctly, on the diagonal: {int(right.sum()):,} of {rows}."]
    if len(shares) > 1:
        hardest = shares.idxmin()
        rows = counted(int(sizes[hardest]), "row", "rows")
        sentences.append(f"“{hardest}” has the lowest recall: {shares[hardest]:.0%} of its {rows} are found.")
    predicted = frame.groupby("predicted", sort=False)["rows"].sum()
    never = [name for name in sizes.index if sizes[name] and not predicted[name]]
    if never:
        more = f" and {counted(len(never) - 1, 'other class', 'other classes')}" if len(never) > 1 else ""
        sentences.append(f"The model never predicts “{never[0]}”{more}: look at macro F1 beside accuracy.")
    elif len(wrong := largest_confusions(frame, 1)):
        worst = wrong.iloc[0]
        sentences.append(
            f"The most frequent error is “{worst['true']}” predicted as “{worst['predicted']}”: "
            f"{counted(int(worst['rows']), 'row', 'rows')}."
        )
    return " ".join(sentences)


def largest_confusions(frame: pd.DataFrame, n: int = 20) -> pd.DataFrame:
    """Return the n most frequent errors: true, predicted, rows, share of the true class's rows."""
    wrong = frame.assign(share=frame["rows"] / frame.groupby("true")["rows"].transform("sum"))
    wrong = wrong[(wrong["true"] != wrong["predicted"]) & (wrong["rows"] > 0)]
    return wrong.sort_values("rows", ascending=False, kind="stable").head(n).reset_index(drop=True)


def calibration_sentence(frame: pd.DataFrame) -> str:
    """Describe a calibration curve (confidence, accuracy, rows of a bin): is the model over- or underconfident?

    A gap counts when it is larger than what that number of rows gives by chance.
    """
    rows = frame["rows"].sum()
    confidence = float((frame["confidence"] * frame["rows"]).sum() / rows)
    accuracy = float((frame["accuracy"] * frame["rows"]).sum() / rows)
    surest = frame.loc[frame["confidence"].idxmax()]
    summary = (
        f"Predictions made with {surest['confidence']:.0%} confidence are correct in {surest['accuracy']:.0%} of cases; on "
        f"average the confidence is {confidence:.0%} and the accuracy {accuracy:.0%}"
    )
    gap, chance = confidence - accuracy, 2 * math.sqrt(max(accuracy * (1 - accuracy), 1e-4) / rows)
    if abs(gap) > max(chance, MIN_CALIBRATION_GAP):
        return f"{summary}: the model is {'overconfident' if gap > 0 else 'underconfident'}."
    apart = float(((frame["confidence"] - frame["accuracy"]).abs() * frame["rows"]).sum() / rows)
    variance = (frame["confidence"] * (1 - frame["confidence"])).clip(lower=0)
    by_chance = float((NORMAL_ABSOLUTE_MEAN * (variance / frame["rows"]) ** 0.5 * frame["rows"]).sum() / rows)
    if apart > max(2 * by_chance, MIN_CALIBRATION_GAP):
        return f"{summary}: it is overconfident in some bins and underconfident in others, by {apart:.0%} on average."
    return f"{summary}: the model is well calibrated."


def popularity_sentence(frame: pd.DataFrame) -> str:
    """Compare the error of rare and popular items (from, to: ratings in training; rmse, rows of a bin).

    The first bins and the last ones are pooled until they hold enough rows.
    """
    frame = frame.sort_values("from", ignore_index=True)
    if len(frame) < 2:
        return "All items of the test set were rated about equally often, so there is nothing to compare."
    rare, popular = _pooled(frame), _pooled(frame[::-1])
    rarest, commonest = int(rare["to"].max()), int(popular["from"].min())
    first, last = _rmse(rare), _rmse(popular)
    summary = (
        f"Items {f'rated at most {_times(rarest)}' if rarest else 'never rated'} in training have an RMSE of {first:.3f}, "
        f"items rated {_times(commonest)} or more {last:.3f}"
    )
    if abs(last - first) < MIN_ERROR_CHANGE * first:
        return f"{summary}: about the same."
    return f"{summary}: popular items are predicted {'better' if last < first else 'worse'}."


def _times(n: int) -> str:
    return "once" if n == 1 else f"{n:,} times"


def _pooled(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the first bins that together hold a twentieth of the rows, at most half of the bins."""
    enough = int((frame["rows"].cumsum() < MIN_POOLED_SHARE * frame["rows"].sum()).sum()) + 1
    return frame.head(min(enough, len(frame) // 2))


def _rmse(frame: pd.DataFrame) -> float:
    return math.sqrt(float((frame["rmse"] ** 2 * frame["rows"]).sum() / frame["rows"].sum()))


def errors_sentence(frame: pd.DataFrame) -> str:
    """Compare estimates with true ratings (rating, mean estimate, rows of a bin): are they shrunk towards the mean?"""
    rating, estimate, rows = (frame[name].to_numpy(float) for name in ("rating", "mean estimate", "rows"))
    if len(frame) < 2:
        return "All ratings of the test set are the same, so there is nothing to compare."
    apart = rating - (rating * rows).sum() / rows.sum()
    slope = float((rows * apart * estimate).sum() / (rows * apart**2).sum())
    low, high = rating.argmin(), rating.argmax()
    summary = (
        f"Ratings of {rating[low]:g} are predicted as {estimate[low]:.2f} on average, ratings of {rating[high]:g} as "
        f"{estimate[high]:.2f}"
    )
    if slope < SHRUNK_SLOPE:
        return (
            f"{summary}: predictions are shrunk towards the mean, which minimises the squared error. Trust their order "
            f"more than the numbers."
        )
    return f"{summary}: predictions follow the ratings over their whole range."


def size_errors_sentence(frame: pd.DataFrame) -> str:
    """Describe the error by size of the true number (low, high, mae, bias = predicted - true, rows of a group)."""
    if len(frame) < 2:
        return "There is too little data to compare."
    frame = frame.sort_values(["low", "high"], ignore_index=True)
    last, worst = len(frame) - 1, int(frame["mae"].idxmax())
    summary = " ".join(
        f"True values of {number_range(row['low'], row['high'])} have an MAE of {number(row['mae'])}; "
        f"predictions are {_direction(row)}."
        for row in (frame.loc[place] for place in dict.fromkeys((0, last, worst)))
    )
    falling = frame["bias"].corr(pd.Series(range(len(frame)))) < -STEADY_CORRELATION
    if falling and _direction(frame.loc[0]) == TOO_HIGH and _direction(frame.loc[last]) == TOO_LOW:
        return f"{summary} Predictions are shrunk towards the mean."
    return summary


def number(value: float) -> str:
    """Format a number with the digits that say something: 12,340; 12.34; 0.1234."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def number_range(low: float, high: float) -> str:
    """Format a range: "0.5 to 12,340"; a single number where both ends are the same."""
    return number(low) if low == high else f"{number(low)} to {number(high)}"


def _direction(row: pd.Series) -> str:
    if abs(row["bias"]) <= BIASED_SHARE * row["mae"]:
        return "as often too high as too low"
    return TOO_HIGH if row["bias"] > 0 else TOO_LOW


def groups_sentence(frame: pd.DataFrame) -> str:
    """Describe kNN purity (space, column, share, chance): are labels of one group neighbours? The clearest column first."""
    order = (frame["share"] - frame["chance"]).sort_values(ascending=False, kind="stable").index
    sentences = []
    for _, row in frame.loc[order].iterrows():
        verdict = "the groups cluster" if row["share"] > CLUSTERED_RATIO * row["chance"] else "hardly more than chance"
        sentences.append(
            f"Of the 10 nearest neighbours in “{row['space']}”, {row['share']:.0%} have the same “{row['column']}” (kNN purity); "
            f"chance gives {row['chance']:.0%}: {verdict}."
        )
    return " ".join(sentences)
