using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Weir.Bench.Load;

/// <summary>What all systems share: the tree, the Weir to measure, a scratch folder, the upstream's port, a certificate.</summary>
sealed record Site(string Root, string WeirPath, string Folder, int UpstreamPort, int StreamPort)
{
    public string CertificatePath => Path.Combine(Folder, "server.crt");

    public string KeyPath => Path.Combine(Folder, "server.key");

    public string Write(string name, string text)
    {
        var path = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>A port that was free a moment ago.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public static Site Create(string root, string weirPath)
    {
        var site = new Site(root, weirPath, Directory.CreateTempSubdirectory("weir-bench-").FullName, FreePort(), FreePort());
        var start = new ProcessStartInfo("openssl", [
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
            "-keyout", site.KeyPath, "-out", site.CertificatePath,
        ])
        { RedirectStandardError = true };
        using var openssl = Process.Start(start)!;
        var said = openssl.StandardError.ReadToEnd();
        openssl.WaitForExit();
        return openssl.ExitCode == 0 ? site : throw new InvalidOperationException("openssl: " + said);
    }
}
