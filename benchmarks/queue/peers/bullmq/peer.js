// BullMQ, as src/main/java/dev/longshore/benchmarks/queue/Peer.java asks of a peer.
'use strict';
const fs = require('fs');
const { createRequire } = require('module');
// The modules lie in the harness's cache, not beside this file.
const fetched = createRequire(process.env.QUEUE_MODULES + '/');
const { Queue, Worker } = fetched('bullmq');

const BULK = 1000;
const CONCURRENCY = 50;
const IDLE_MS = 2000;
const SLOTS = 512;
const connection = { host: '127.0.0.1', port: Number(process.env.QUEUE_PORT), maxRetriesPerRequest: null };
const now = () => process.hrtime.bigint();

function work() {
  const counts = fs.openSync(process.env.QUEUE_TALLY + '/counts', 'r+');
  const latencies = fs.openSync(process.env.QUEUE_TALLY + '/latencies', 'a');
  const slot = (process.pid % SLOTS) * 8;
  const bytes = Buffer.alloc(8);
  let done = 0n;
  let written = 0n;
  const write = () => {
    if (written !== done) {
      bytes.writeBigInt64LE(done);
      fs.writeSync(counts, bytes, 0, 8, slot);
      written = done;
    }
  };
  // Node cannot map a file: a write for each job would be measured as well.
  setInterval(write, 2);
  const worker = new Worker('benchmark', async (job) => {
    if (job.name === 'timed') {
      fs.writeSync(latencies, `${now() - BigInt(job.data.enqueued)}\n`);
    } else {
      done++;
    }
  }, { connection, concurrency: CONCURRENCY });
  worker.on('error', (error) => console.error(error));
  process.on('SIGTERM', () => { write(); process.exit(0); });
}

async function enqueue(queue, count, mode) {
  if (mode === 'single') {
    for (let i = 0; i < count; i++) await queue.add('noop', {});
  } else {
    for (let i = 0; i < count; i += BULK) {
      await queue.addBulk(Array.from({ length: Math.min(BULK, count - i) }, () => ({ name: 'noop', data: {} })));
    }
  }
}

async function produce(command, count, mode, before) {
  const queue = new Queue('benchmark', { connection, defaultJobOptions: { removeOnComplete: true } });
  await queue.waitUntilReady();
  await enqueue(queue, before, mode);
  if (command === 'latency') await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
  const start = now();
  if (command === 'latency') {
    for (let i = 0; i < count; i++) {
      await queue.add('timed', { enqueued: now().toString() });
      const next = start + BigInt(i + 1) * 50_000_000n;
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, Number(next - now()) / 1e6)));
    }
  } else {
    await enqueue(queue, count, mode);
  }
  console.log(Number(now() - start) / 1e9);
  await queue.close();
  process.exit(0);
}

const [command, count, ...rest] = process.argv.slice(2);
if (command === 'worker') work();
else if (command === 'latency') produce(command, Number(count), 'single', Number(rest[0] ?? 0));
else produce(command, Number(count), rest[0], Number(rest[1] ?? 0));
