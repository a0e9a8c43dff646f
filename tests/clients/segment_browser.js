// A page's script that starts analytics.js by the settings that its collector serves, no CDN.
import { AnalyticsBrowser } from "@segment/analytics-next";

const options = JSON.parse(document.currentScript.dataset.options);
window.analytics = AnalyticsBrowser.load({ writeKey: options.key, cdnURL: options.collector }, options.init);
