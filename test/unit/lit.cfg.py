import os

import lit.formats

config.name = "qcc-unit"
config.test_format = lit.formats.GoogleTest(".", "Test")
config.suffixes = []
config.test_source_root = os.path.join(config.qcc_build_dir, "bin", "unit")
config.test_exec_root = config.test_source_root
for name in ("QCC_FUZZ_CASES", "QCC_NUMERICS_CASES", "QCC_RANDOM_CASES",
             "QCC_RANDOM_SEED", "QCC_RANDOM_TARGETS", "QCC_RANDOM_FILE", "CI"):
    if name in os.environ:
        config.environment[name] = os.environ[name]
