// Prints a module of this folder, with all it imports, as one script for a browser.
import { build } from "esbuild";

const [entry] = process.argv.slice(2);
const { outputFiles } = await build({
  entryPoints: [entry], bundle: true, format: "iife", platform: "browser", write: false, logLevel: "error",
});
process.stdout.write(outputFiles[0].text);
