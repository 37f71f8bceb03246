"""Association and set distances by trying every assignment: slow, plain, for small sets."""

from itertools import combinations, permutations


def partial_assignments(num_references, num_estimates):
    """Yield every way to pair some references with different estimates."""
    for num_pairs in range(min(num_references, num_estimates) + 1):
        for references in combinations(range(num_references), num_pairs):
            for estimates in permutations(range(num_estimates), num_pairs):
                yield list(zip(references, estimates, strict=True))


def best_association(errors, shape, gate):
    """Return (pairs, total error) of the fullest, then cheapest, assignment within a gate."""
    within = [
        (-len(pairs), sum(errors[pair] for pair in pairs))
        for pairs in partial_assignments(*shape)
        if all(errors[pair] <= gate for pair in pairs)
    ]
    fewest_unpaired, total = min(within)
    return -fewest_unpaired, total


def ospa(errors, shape, cutoff, order):
    """Return OSPA: the smaller set is fully assigned in every possible way."""
    fewer, more = sorted(shape)
    if more == 0:
        return 0.0
    costs = [
        sum(min(errors[pair], cutoff) ** order for pair in pairs)
        for pairs in partial_assignments(*shape)
        if len(pairs) == fewer
    ]
    return ((min(costs) + cutoff**order * (more - fewer)) / more) ** (1 / order)


def gospa(errors, shape, cutoff, order):
    """Return GOSPA with alpha = 2: any partial assignment, each unpaired member at half price."""
    costs = [
        sum(errors[pair] ** order for pair in pairs)
        + cutoff**order / 2 * (sum(shape) - 2 * len(pairs))
        for pairs in partial_assignments(*shape)
    ]
    return min(costs) ** (1 / order)
