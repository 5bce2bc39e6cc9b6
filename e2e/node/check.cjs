// Runs the tests of an SDK and prints a line for each: "ok STEP: TEST", or "not ok STEP:
// TEST" and the reason. A step is a file of tests. Arguments choose steps.
//
// CommonJS, because only require finds packages by NODE_PATH.
"use strict";

const tests = [];
let step;

function test(name, body) {
  tests.push({ name: `${step}: ${name}`, body });
}

// Runs the steps of a folder one after the other.
async function run(folder, steps) {
  const left = windowEnd(DAY) - Date.now();
  if (left < 60_000) await new Promise((done) => setTimeout(done, left));
  const chosen = process.argv.slice(2);
  for (step of chosen.length ? chosen : steps) require(`${folder}/${step}.cjs`);
  for (const { name, body } of tests) {
    try {
      await body();
      console.log(`ok ${name}`);
    } catch (e) {
      console.log(`not ok ${name}\n    ${String(e.stack ?? e).replaceAll("\n", "\n    ")}`);
      process.exitCode = 1;
    }
  }
}

// The end of the window of this length that began at a multiple of it: what reset has to
// be. Windows of tests are a day long, and no test begins in a day's last minute, so that
// none ends under them.
const DAY = 24 * 60 * 60 * 1000;
const windowEnd = (duration) => (Math.floor(Date.now() / duration) + 1) * duration;

module.exports = { DAY, run, test, windowEnd };
