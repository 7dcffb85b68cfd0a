// Parses and maps payloads for so many seconds after a warm-up of three times that; prints {"perSecond", "cpu", "p50", "p99", "output"} (us).
const fs = require('fs');
const jsonata = require('jsonata');

async function run(expression, payload, seconds, sample) {
  const until = process.hrtime.bigint() + BigInt(Math.round(seconds * 1e9));
  const began = process.hrtime.bigint();
  const used = process.cpuUsage();
  let count = 0;
  for (;;) {
    const start = process.hrtime.bigint();
    if (start > until) {
      const cpu = process.cpuUsage(used);
      return {perSecond: count * 1e9 / Number(start - began), cpu: (cpu.user + cpu.system) / count};
    }
    for (let i = 0; i < 16; i++) {
      const at = sample ? process.hrtime.bigint() : 0n;
      await expression.evaluate(JSON.parse(payload));
      if (sample) sample.push(Number(process.hrtime.bigint() - at) / 1000);
    }
    count += 16;
  }
}

(async () => {
  const [mapping, input, seconds] = process.argv.slice(2);
  const expression = jsonata(fs.readFileSync(mapping, 'utf8'));
  const payload = fs.readFileSync(input);
  const output = await expression.evaluate(JSON.parse(payload));
  await run(expression, payload, 3 * Number(seconds));
  const rate = await run(expression, payload, Number(seconds));
  const sample = [];
  await run(expression, payload, Number(seconds) / 2, sample);
  sample.sort((a, b) => a - b);
  const at = share => sample[Math.floor(sample.length * share)];
  console.log(JSON.stringify({...rate, p50: at(0.5), p99: at(0.99), output}));
})();
