from rushlight.flows.examine import examine_machine


def test_every_task_has_a_finding_and_every_gap_a_hint() -> None:
    findings = {finding.name: finding for finding in examine_machine()}
    assert {"python", "ffmpeg", "decoder", "fonts", "voice: espeak", "writer", "music", "pictures"} <= set(findings)
    assert all(finding.hint for finding in findings.values() if finding.state != "ok")
    assert findings["ffmpeg"].as_dict()["state"] == "ok"
