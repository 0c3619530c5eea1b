"""A gate's decision, for people."""

from trainer.errors import WorseModelError
from trainer.jobs.activate import Decision


def became_current(decision: Decision) -> str:
    """The version that a gate made current, in a sentence."""
    if decision.current in {None, decision.version}:
        return f"version {decision.version} is current"
    return (
        f"version {decision.current} is current: version {decision.version} with the corrections "
        "that people made meanwhile"
    )


def print_decision(decision: Decision) -> None:
    """Print the outcome of each rule.

    Raises:
        WorseModelError: the version was not made current; names the rules at fault.
    """
    if not decision.checks:
        print("no version serves that the new version could be compared with")
        return
    print(f"compared with version {decision.replaced}, which serves:")
    for check in decision.checks:
        print(f"{'holds' if check.passed else 'FAILS'}  {check.name}: {check.sentence}")
    if decision.faults:
        rules = ", ".join(check.name for check in decision.faults)
        raise WorseModelError(
            f"version {decision.version} is worse than version {decision.replaced} ({rules}); it "
            f"is published and not current: python -m trainer activate {decision.version} makes it "
            "current all the same"
        )
