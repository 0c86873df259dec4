using System.Net;

namespace Weir.Gateway.Tests;

public sealed class ResolverFilesTests
{
    [Fact]
    public void Resolv_conf_gives_servers_search_list_and_options()
    {
        var conf = ResolvConf.Parse("# comment\nnameserver 10.0.0.2\nnameserver\t2001:db8::53\n; more\nsearch a.test. b.test\r\n" +
            "options ndots:3 timeout:2 attempts:4 rotate edns0\n");
        Assert.Equal([new IPEndPoint(IPAddress.Parse("10.0.0.2"), 53), new IPEndPoint(IPAddress.Parse("2001:db8::53"), 53)], conf.Nameservers);
        Assert.Equal(["a.test", "b.test"], conf.Search);
        Assert.Equal((3, TimeSpan.FromSeconds(2), 4, true), (conf.Ndots, conf.Timeout, conf.Attempts, conf.Rotate));
    }

    [Theory]
    [InlineData("")]
    [InlineData("nameserver\nnameserver x\noptions ndots:\noptions ndots:-1 timeout:x attempts\nnonsense 1 2 3\nsearch")]
    public void Nonsense_and_silence_leave_the_defaults(string text)
    {
        var conf = ResolvConf.Parse(text);
        Assert.Equal([new IPEndPoint(IPAddress.Loopback, 53)], conf.Nameservers);
        Assert.Equal((1, TimeSpan.FromSeconds(5), 2, 0), (conf.Ndots, conf.Timeout, conf.Attempts, conf.Search.Count));
    }

    [Fact]
    public void Values_out_of_range_are_brought_back_into_it()
    {
        var conf = ResolvConf.Parse("options ndots:99 timeout:0 attempts:99\n" + string.Concat(Enumerable.Repeat("nameserver 10.0.0.1\n", 9)));
        Assert.Equal((15, TimeSpan.FromSeconds(1), 5, ResolvConf.NameserversMax), (conf.Ndots, conf.Timeout, conf.Attempts, conf.Nameservers.Count));
    }

    [Theory]
    [InlineData("short", "short.a.test,short.b.test,short")]
    [InlineData("one.dot", "one.dot.a.test,one.dot.b.test,one.dot")]
    [InlineData("two.dots.here", "two.dots.here,two.dots.here.a.test,two.dots.here.b.test")]
    [InlineData("absolute.", "absolute")]
    public void Short_names_try_the_search_list_first(string name, string candidates)
    {
        var conf = ResolvConf.Parse("search a.test b.test\noptions ndots:2");
        Assert.Equal(candidates.Split(','), conf.Candidates(name));
    }

    [Fact]
    public void Hosts_gives_names_in_any_case_with_IPv4_first()
    {
        var hosts = HostsFile.Parse("# comment\n::1 Node.test\n10.0.0.1\tnode.test alias # other.test\n10.0.0.1 node.test\nnonsense node.test\n10.0.0.9\n");
        Assert.Equal([IPAddress.Parse("10.0.0.1"), IPAddress.IPv6Loopback], hosts["NODE.TEST"]);
        Assert.Equal([IPAddress.Parse("10.0.0.1")], hosts["alias"]);
        Assert.Equal(2, hosts.Count);
    }

    [Fact]
    public void Changed_files_are_read_again_and_missing_ones_change_nothing()
    {
        var folder = Directory.CreateTempSubdirectory("weir-dns");
        try
        {
            var time = new ManualTime();
            var (conf, hosts) = (Path.Combine(folder.FullName, "resolv.conf"), Path.Combine(folder.FullName, "hosts"));
            var settings = new ResolverSettings { ResolvConfPath = conf, HostsPath = hosts };
            var files = new ResolverFiles(settings, time);
            Assert.Empty(files.Hosts);
            File.WriteAllText(settings.ResolvConfPath, "search a.test");
            File.WriteAllText(settings.HostsPath, "10.0.0.1 node.test");
            Assert.Empty(files.Conf.Search);
            time.Advance(settings.FilesCheckInterval);
            Assert.Equal(["a.test"], files.Conf.Search);
            Assert.Single(files.Hosts);
            File.Delete(settings.ResolvConfPath);
            File.WriteAllText(settings.HostsPath, "10.0.0.1 node.test other.test");
            time.Advance(settings.FilesCheckInterval);
            Assert.Equal(["a.test"], files.Conf.Search);
            Assert.Equal(2, files.Hosts.Count);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
