import os

import lit.formats

config.name = "qcc"
config.test_format = lit.formats.ShTest(execute_external=True)
config.suffixes = [".mlir", ".test"]
config.excludes = ["unit", "Inputs", "bench"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.qcc_build_dir, "test", "output")

path = [
    os.path.join(config.qcc_build_dir, "bin"),
    config.llvm_tools_dir,
    config.environment.get("PATH", ""),
]
config.environment["PATH"] = os.pathsep.join(path)
config.environment["QCC_SOURCE"] = config.qcc_source_dir
config.substitutions.append(("%source", config.qcc_source_dir))
config.substitutions.append(("%models", config.test_source_root + "/models"))
config.substitutions.append(("%build", config.qcc_build_dir))
