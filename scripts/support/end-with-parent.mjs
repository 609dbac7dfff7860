// Preloaded into the server by scripts/dev.mjs: if that dies without a word, the server stops as if told to.
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
process.channel?.unref();
