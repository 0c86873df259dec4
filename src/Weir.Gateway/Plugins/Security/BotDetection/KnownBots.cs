using System.Buffers;

namespace Weir.Gateway.Plugins;

/// <summary>
/// User-Agents of crawlers, link previewers, monitors and scrapers that say who they are. Names, not patterns: one vectorised search finds any of them.
/// Browsers, the browsers inside apps, and HTTP libraries are not in the list; whoever wants to refuse those says so with <c>deny</c>.
/// </summary>
static class KnownBots
{
    static readonly SearchValues<string> Names = SearchValues.Create(
        [
            // Search engines.
            "Googlebot", "Google-InspectionTool", "GoogleOther", "Google-Extended", "Storebot-Google", "AdsBot-Google", "Mediapartners-Google",
            "APIs-Google", "FeedFetcher-Google", "Google-Read-Aloud", "Google Web Preview", "Google-Site-Verification", "bingbot", "BingPreview",
            "msnbot", "adidxbot", "Yahoo! Slurp", "DuckDuckBot", "DuckDuckGo-Favicons-Bot", "Baiduspider", "YandexBot", "YandexImages",
            "YandexMobileBot", "YandexAccessibilityBot", "YandexMetrika", "Sogou web spider", "Sogou inst spider", "Sogou Pic Spider", "360Spider",
            "HaosouSpider", "YisouSpider", "Yeti/", "NaverBot", "Daumoa", "SeznamBot", "Qwantify", "Qwantbot", "MojeekBot", "Applebot", "PetalBot",
            "AspiegelBot", "coccocbot", "Exabot", "ExaLead", "Gigabot", "ia_archiver", "archive.org_bot", "heritrix", "Ask Jeeves", "Teoma",
            "Lycos_Spider", "ZyBorg", "Scooter/", "FAST-WebCrawler", "Mail.RU_Bot", "StackRambler", "Wotbox", "YioopBot", "Bytespider",
            "ToutiaoSpider", "TikTokSpider",

            // Language models and their data sets.
            "GPTBot", "ChatGPT-User", "OAI-SearchBot", "ClaudeBot", "Claude-Web", "Claude-SearchBot", "anthropic-ai", "PerplexityBot",
            "Perplexity-User", "cohere-ai", "CCBot", "Diffbot", "Meta-ExternalAgent", "Meta-ExternalFetcher", "FacebookBot", "Amazonbot", "YouBot",
            "AI2Bot", "ImagesiftBot", "img2dataset", "omgili", "Timpibot", "Kangaroo Bot", "PanguBot", "DeepSeekBot", "MistralAI-User",
            "DuckAssistBot",

            // Link previews of social networks and messengers.
            "facebookexternalhit", "facebookcatalog", "Facebot", "Twitterbot", "LinkedInBot", "Pinterestbot", "Slackbot", "Slack-ImgProxy",
            "Discordbot", "TelegramBot", "SkypeUriPreview", "vkShare", "redditbot", "Embedly", "Iframely", "bitlybot", "FlipboardProxy",
            "Quora Link Preview", "Google-PageRenderer", "Bluesky Cardyb", "XING-contenttabreceiver", "outbrain", "W3C_Validator", "W3C-checklink",
            "W3C_CSS_Validator",

            // Search engine optimisation and market research.
            "AhrefsBot", "AhrefsSiteAudit", "SemrushBot", "SiteAuditBot", "MJ12bot", "DotBot", "rogerbot", "BLEXBot", "DataForSeoBot", "serpstatbot",
            "SEOkicks", "SeobilityBot", "Screaming Frog SEO Spider", "Sistrix", "XoviBot", "spbot", "linkdexbot", "LinkpadBot", "MegaIndex",
            "BacklinkCrawler", "OpenLinkProfiler", "SearchmetricsBot", "Barkrowler", "trendictionbot", "magpie-crawler", "Brandwatch", "Meltwater",
            "TurnitinBot", "GrapeshotCrawler", "proximic", "Cliqzbot", "AwarioBot", "Awario", "ZoominfoBot", "BuiltWith", "Wappalyzer", "netEstate",
            "CheckMarkNetwork", "Domain Re-Animator", "DomainCrawler", "DomainStatsBot", "SurdotlyBot", "VelenPublicWebCrawler", "Seekport",
            "webmeup-crawler",

            // Monitors and feed readers.
            "Pingdom", "UptimeRobot", "StatusCake", "Site24x7", "Uptimebot", "NewRelicPinger", "DatadogSynthetics", "GTmetrix", "Lighthouse", "PTST/",
            "monitis", "AlertSite", "Catchpoint", "HetrixTools", "Better Uptime Bot", "Checkly/", "updown.io", "Feedly", "FeedBurner", "Feedbin",
            "Inoreader", "NewsBlur", "Superfeedr", "Feedspot", "Bloglines", "Netvibes",

            // Scanners of addresses and weaknesses.
            "CensysInspect", "Shodan", "zgrab", "masscan", "Nmap Scripting Engine", "Nikto", "sqlmap", "Nuclei", "WPScan", "dirbuster", "gobuster",
            "feroxbuster", "Acunetix", "Netsparker", "OpenVAS", "Nessus", "Qualys", "Arachni", "w3af", "havij", "ZmEu", "Morfeus", "Jorgee",
            "Expanse", "InternetMeasurement", "NetcraftSurveyAgent", "LeakIX", "l9explore", "Detectify",

            // Site copiers and scraping frameworks.
            "HTTrack", "WebCopier", "Teleport Pro", "Offline Explorer", "WebZIP", "WebReaper", "WebStripper", "SiteSnagger", "BackWeb",
            "Xenu Link Sleuth", "LinkChecker", "Scrapy", "Nutch", "crawler4j", "StormCrawler", "Mechanize", "WWW-Mechanize", "PhantomJS", "SlimerJS",
            "EmailCollector", "EmailSiphon", "EmailWolf", "ExtractorPro", "CherryPicker", "Web Downloader", "NPBot", "grub-client", "Larbin",
        ],
        StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a User-Agent names one of them.</summary>
    public static bool Include(ReadOnlySpan<char> userAgent) => userAgent.ContainsAny(Names);
}
