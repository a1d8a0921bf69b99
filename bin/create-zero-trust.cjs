#!/usr/bin/env node
const [major, minor] = process.versions.node.split('.').map(Number);
if (major > 20 || (major === 20 && minor >= 19)) {
  require('../dist/cli.cjs');
} else {
  console.error(`create-zero-trust needs Node.js 20.19 or newer; this is ${process.version}.`);
  process.exitCode = 1;
}
