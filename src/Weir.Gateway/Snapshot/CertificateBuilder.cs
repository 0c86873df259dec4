using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Weir.Config;

namespace Weir.Gateway;

/// <summary>Makes the certificates that listeners show, by server name.</summary>
static class CertificateBuilder
{
    /// <summary>The certificates of all documents: a server name belongs to one of them.</summary>
    public static SniTable Build(IEnumerable<Document> documents, List<Problem> problems)
    {
        Dictionary<string, SslServerAuthenticationOptions> byName = [];
        foreach (var document in documents) Add(document, byName, problems);
        return byName.Count == 0 ? SniTable.Empty : new SniTable(byName);
    }

    static void Add(Document document, Dictionary<string, SslServerAuthenticationOptions> byName, List<Problem> problems)
    {
        if (document.Snis.Count == 0) return;
        Dictionary<string, SslServerAuthenticationOptions> byId = [];
        foreach (var config in document.Certificates)
        {
            try
            {
                byId[config.Id!] = TlsCertificates.Options(Context(config.Cert, config.Key));
            }
            catch (CryptographicException exception)
            {
                problems.Add(new Problem(Severity.Error, default, $"certificate '{config.Id}'", "cert", exception.Message));
            }
        }
        foreach (var sni in document.Snis)
            if (byId.TryGetValue(sni.Certificate!.Id!, out var options)) byName[sni.Name] = options;
    }

    /// <summary>The leaf with its key, and the chain after it.</summary>
    public static SslStreamCertificateContext Context(string chainPem, string keyPem)
    {
        var leaf = X509Certificate2.CreateFromPem(chainPem, keyPem);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(chainPem);
        if (chain.Count > 0) chain.RemoveAt(0);
        return SslStreamCertificateContext.Create(leaf, chain, offline: true);
    }
}
