#include "passes/LowerToLLVM/EmitKernels.h"

#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Support/Errno.h"
#include "llvm/Support/Threading.h"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace qcc {
namespace {

/// The optimised bitcode of one kernel.
llvm::Expected<std::string> makeKernel(const KernelJob &job,
                                       const targets::Target &target,
                                       llvm::TargetMachine &machine,
                                       const LowerToLLVMOptions &options) {
  llvm::LLVMContext context;
  llvm::Module module(job.symbol, context);
  module.setTargetTriple(machine.getTargetTriple());
  module.setDataLayout(machine.createDataLayout());
  if (llvm::Error error =
          job.provider->emit(job.source, target, job.symbol, module))
    return std::move(error);
  std::string message;
  llvm::raw_string_ostream stream(message);
  if (llvm::verifyModule(module, &stream))
    return llvm::createStringError("generated LLVM IR is invalid: " + message);
  if (llvm::Error error = optimizeModule(module, machine, options))
    return std::move(error);
  std::string bitcode;
  llvm::raw_string_ostream out(bitcode);
  llvm::WriteBitcodeToFile(module, out);
  return bitcode;
}

/// A child process that makes one kernel and what it has said so far: 'b' and
/// bitcode, or 'e' and a message.
struct Worker {
  pid_t process = -1;
  int pipe = -1; ///< the end to read; -1 once closed
  std::string said;
};

void writeAll(int file, llvm::StringRef text) {
  while (!text.empty()) {
    ssize_t count = write(file, text.data(), text.size());
    if (count < 0 && errno != EINTR)
      _exit(1);
    if (count > 0)
      text = text.drop_front(count);
  }
}

/// Starts the process for one job. Errors: no more processes or files.
llvm::Expected<Worker> start(llvm::function_ref<std::string()> work) {
  int ends[2];
  if (pipe(ends))
    return llvm::createStringError("cannot make a pipe: " +
                                   llvm::sys::StrError());
  Worker worker;
  worker.process = fork();
  if (worker.process < 0) {
    std::string why = llvm::sys::StrError();
    close(ends[0]);
    close(ends[1]);
    return llvm::createStringError("cannot start a process: " + why);
  }
  if (worker.process == 0) {
    close(ends[0]);
    writeAll(ends[1], work());
    _exit(0); // neither buffers nor destructors of the parent
  }
  close(ends[1]);
  worker.pipe = ends[0];
  return worker;
}

/// Waits until a worker says something; closes the pipes of those that ended.
llvm::Error listen(llvm::MutableArrayRef<Worker *> workers) {
  llvm::SmallVector<pollfd> files;
  for (Worker *worker : workers)
    files.push_back({worker->pipe, POLLIN, 0});
  if (poll(files.data(), files.size(), -1) < 0 && errno != EINTR)
    return llvm::createStringError("cannot wait for a process: " +
                                   llvm::sys::StrError());
  for (auto [worker, file] : llvm::zip(workers, files)) {
    if (!file.revents)
      continue;
    char buffer[65536];
    ssize_t count = read(worker->pipe, buffer, sizeof(buffer));
    if (count > 0) {
      worker->said.append(buffer, count);
    } else if (count == 0 || errno != EINTR) {
      close(worker->pipe);
      worker->pipe = -1;
    }
  }
  return llvm::Error::success();
}

/// What an ended worker leaves.
llvm::Expected<std::unique_ptr<llvm::Module>>
collect(Worker &worker, const KernelJob &job, llvm::LLVMContext &context) {
  int status = 0;
  while (waitpid(worker.process, &status, 0) < 0 && errno == EINTR)
    ;
  worker.process = -1;
  llvm::StringRef said = worker.said;
  if (WIFSIGNALED(status) || WEXITSTATUS(status) || said.empty()) {
    qint::KernelOp kernel = job.source.op;
    std::string how = WIFSIGNALED(status)
                          ? "signal " + std::to_string(WTERMSIG(status))
                          : "status " + std::to_string(WEXITSTATUS(status));
    return llvm::createStringError("kernel '" + kernel.getLayer() +
                                   "': making its code ended with " + how);
  }
  if (said.consume_front("e"))
    return llvm::createStringError(said);
  return llvm::parseBitcodeFile(
      llvm::MemoryBufferRef(said.drop_front(), job.symbol), context);
}

/// Runs the jobs' processes and keeps the books of them.
class Pool {
public:
  Pool(llvm::ArrayRef<KernelJob> jobs, const LowerToLLVMOptions &options,
       llvm::LLVMContext &context)
      : jobs(jobs), options(options), context(context), workers(jobs.size()),
        modules(jobs.size()) {}

  ~Pool() {
    for (auto &made : modules)
      if (made)
        llvm::consumeError(made->takeError());
    for (Worker &worker : workers) {
      if (worker.pipe >= 0)
        close(worker.pipe); // ends the process, which cannot write any more
      if (worker.process > 0)
        waitpid(worker.process, nullptr, 0);
    }
  }

  llvm::Expected<std::vector<std::unique_ptr<llvm::Module>>>
  run(llvm::function_ref<std::string(const KernelJob &)> work) {
    size_t most = options.jobs
                      ? options.jobs
                      : llvm::hardware_concurrency().compute_thread_count();
    llvm::SmallVector<Worker *> running;
    size_t next = 0;
    auto mayStart = [&] { return next < jobs.size() && !failed; };
    while (mayStart() || !running.empty()) {
      if (mayStart() && running.size() < most) {
        tell(next);
        auto started = start([&] { return work(jobs[next]); });
        if (!started)
          return started.takeError();
        workers[next] = *started;
        running.push_back(&workers[next++]);
        continue;
      }
      if (llvm::Error error = listen(running))
        return std::move(error);
      collectEnded(running);
    }
    for (auto &made : modules)
      if (made && !*made)
        return made->takeError();
    std::vector<std::unique_ptr<llvm::Module>> all;
    for (auto &made : modules)
      all.push_back(std::move(**made));
    return all;
  }

private:
  void tell(size_t index) {
    qint::KernelOp kernel = jobs[index].source.op;
    if (options.progress)
      options.progress(index, jobs.size(), kernel.getLayer());
  }

  /// After a failure nothing new starts, but what runs is waited for: of
  /// several errors the same one is always returned.
  void collectEnded(llvm::SmallVector<Worker *> &running) {
    for (Worker *worker : running) {
      if (worker->pipe >= 0)
        continue;
      size_t index = worker - workers.data();
      modules[index].emplace(collect(*worker, jobs[index], context));
      failed |= !*modules[index];
    }
    llvm::erase_if(running, [](Worker *worker) { return worker->pipe < 0; });
  }

  llvm::ArrayRef<KernelJob> jobs;
  const LowerToLLVMOptions &options;
  llvm::LLVMContext &context;
  std::vector<Worker> workers;
  std::vector<std::optional<llvm::Expected<std::unique_ptr<llvm::Module>>>>
      modules;
  bool failed = false;
};

} // namespace

llvm::Expected<std::vector<std::unique_ptr<llvm::Module>>>
emitKernels(llvm::ArrayRef<KernelJob> jobs, const targets::Target &target,
            llvm::TargetMachine &machine, const LowerToLLVMOptions &options,
            llvm::LLVMContext &context) {
  return Pool(jobs, options, context).run([&](const KernelJob &job) {
    auto bitcode = makeKernel(job, target, machine, options);
    return bitcode ? "b" + *bitcode : "e" + llvm::toString(bitcode.takeError());
  });
}

} // namespace qcc
