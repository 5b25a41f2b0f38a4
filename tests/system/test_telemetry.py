import re

from prometheus_client.parser import text_string_to_metric_families

from handrail.system.telemetry import Telemetry


def samples(telemetry: Telemetry) -> dict[tuple[str, str], float]:
    return {
        (one.name, ",".join(str(value) for value in one.labels.values())): one.value
        for family in text_string_to_metric_families(telemetry.text())
        for one in family.samples
    }


def test_attempts_are_counted_by_channel_and_outcome() -> None:
    telemetry = Telemetry(version="0.1.0")

    telemetry.attempt_ended("email", "accepted", 0.2)
    telemetry.attempt_ended("email", "accepted", 0.4)
    telemetry.attempt_ended("webhook", "unknown", 9.0)

    got = samples(telemetry)
    assert got["handrail_delivery_attempts_total", "email,accepted"] == 2
    assert got["handrail_delivery_attempts_total", "webhook,unknown"] == 1
    assert got["handrail_delivery_send_seconds_count", "email"] == 2
    assert round(got["handrail_delivery_send_seconds_sum", "email"], 6) == 0.6


def test_lateness_is_never_negative() -> None:
    telemetry = Telemetry(version="0.1.0")

    telemetry.duty_ran("due_work", -3.0)
    telemetry.duty_ran("due_work", 0.3)

    got = samples(telemetry)
    assert round(got["handrail_duty_lag_seconds_sum", "due_work"], 6) == 0.3
    assert got["handrail_duty_lag_seconds_count", "due_work"] == 2


def test_the_queue_is_asked_when_metrics_are_read() -> None:
    telemetry = Telemetry(version="0.1.0")
    queue = [1, 2, 3]
    telemetry.watch_queue(lambda: len(queue))
    telemetry.admission_refused()

    queue.pop()

    got = samples(telemetry)
    assert got["handrail_admission_queue_requests", ""] == 2
    assert got["handrail_admission_refused_requests_total", ""] == 1


def test_every_name_follows_the_rule() -> None:
    names = re.findall(r"^# TYPE (\S+)", Telemetry(version="1").text(), re.MULTILINE)

    assert all(re.fullmatch(r"handrail(_[a-z]+){2,}", name) for name in names)


def test_two_processes_in_one_do_not_share_figures() -> None:
    one, other = Telemetry(version="1"), Telemetry(version="1")

    one.admission_refused()

    assert samples(other)["handrail_admission_refused_requests_total", ""] == 0
