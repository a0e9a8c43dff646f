// A server's calls by Segment's library for Node: `segment_node.mjs COLLECTOR KEY`.
import { Analytics } from "@segment/analytics-node";

const [host, writeKey] = process.argv.slice(2);
const analytics = new Analytics({ host, writeKey, maxRetries: 1 });
let failure;
analytics.on("error", (error) => { failure = error; });
const userId = "u-42";
analytics.identify({ userId, traits: { plan: "pro", email: "ann@example.org", address: { city: "Prague" } } });
analytics.group({ userId, groupId: "g-7", traits: { name: "ACME" } });
analytics.alias({ userId, previousId: "anon-1" });
analytics.page({ userId, name: "Home", category: "Shop", properties: { url: "https://shop.example/?email=ann@example.org" } });
analytics.screen({ userId, name: "Cart" });
analytics.track({ userId, event: "Video Played", properties: { value: 3, quality: { lines: 1080 } } });
analytics.track({
  userId, anonymousId: "anon-1", event: "Product Viewed",
  properties: { product_id: "p-1", price: 19.5, category: "Games" },
  context: { userAgent: "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0", ip: "203.0.113.9", locale: "cs-CZ" },
});
await analytics.closeAndFlush({ timeout: 20_000 });
if (failure) throw new Error(`${failure.code} ${failure.reason}`);
process.stdout.write("done");
