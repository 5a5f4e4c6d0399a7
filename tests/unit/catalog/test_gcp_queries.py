"""How machines, slices and places of Google Cloud are looked up, and that one cloud's questions read no other's data."""

from __future__ import annotations

import subprocess
import sys

from components.catalog import load
from components.catalog.gcp import catalog

GCP = catalog()


def test_the_registry_gives_the_same_catalogue() -> None:
    assert load("gcp") is GCP


def test_eight_h100_are_mega_then_high_then_edge() -> None:
    names = [machine.name for machine in GCP.machines_for("H100", 8)]
    assert names == ["a3-megagpu-8g", "a3-highgpu-8g", "a3-edgegpu-8g"]
    assert [machine.name for machine in GCP.machines_for("L4", 1)][:2] == ["g2-standard-8", "g2-standard-12"]
    assert GCP.machines_for("H100", 3) == ()


def test_a_slice_is_its_machine_whatever_the_count_says() -> None:
    assert [machine.name for machine in GCP.machines_for("TPU-v6e", 16, "4x4")] == ["ct6e-standard-4t"]
    assert [machine.name for machine in GCP.machines_for("TPU-v6e", 8, "2x4")] == ["ct6e-standard-8t"]
    assert GCP.machines_for("TPU-v6e", 9, "3x3") == ()
    assert GCP.machines_for("H100", 8, "2x4") == ()


def test_other_clouds_have_no_slices() -> None:
    aws = load("aws")
    assert aws.machines_for("H100", 8) == aws.machines_with("H100", 8)
    assert aws.machines_for("H100", 8, "2x4") == ()


def test_a_part_of_a_gpu_is_had_by_the_machines_name_alone() -> None:
    assert [machine.name for machine in GCP.machines_for("RTX-PRO-6000", 1)] == ["g4-standard-48"]
    part = GCP.machine("g4-standard-6")
    assert part is not None
    assert (part.preferred, part.accelerator_memory_gib) == (0, 12)
    without_disks = GCP.machine("a3-edgegpu-8g-nolssd")
    assert without_disks is not None
    assert without_disks not in GCP.machines_for("H100", 8)


def test_words_that_people_use_lead_to_names() -> None:
    assert GCP.accelerator_named_like("trillium") == "TPU-v6e"
    assert GCP.accelerator_named_like("v5litepod") == "TPU-v5e"
    assert GCP.accelerator_named_like("A100") == "A100-40GB"


def test_look_ups_that_miss_give_none() -> None:
    assert GCP.machine("a5-highgpu-8g") is None
    assert GCP.region("us-central9") is None
    assert GCP.tpu_slice("TPU-v6e", "2x2x2") is None
    assert GCP.tpu_topologies("H100") == ()
    assert GCP.filestore("zonal") is None


def test_questions_to_one_cloud_read_no_table_of_another() -> None:
    code = (
        "from components.catalog import load\n"
        "from components.catalog.tables import Table\n"
        "read = []\n"
        "index = Table._index\n"
        "Table._index = lambda self, reader: (read.append(self.path.parent.name), index(self, reader))[1]\n"
        "load('aws').machine('p5.48xlarge')\n"
        "import sys\n"
        "print(sorted(set(read)), 'components.catalog.gcp' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "['aws'] False"
