/** Preloaded into the measured process: answers every message with what the process has used so far. */
process.on('message', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  process.send({ cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, peakMemoryMb: maxRSS / 1024 });
});
process.channel.unref(); // must not keep the process from ending
