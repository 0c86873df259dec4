using System.Security.Cryptography;

namespace Weir.Control.Tests;

/// <summary>What a gateway keeps: sealed, whole, and of no use to anybody when it was changed.</summary>
public sealed class GatewayFolderTests : IDisposable
{
    readonly DirectoryInfo _place = Directory.CreateTempSubdirectory("weir-gateway-");

    [Fact]
    public async Task The_last_configuration_comes_back_as_it_was()
    {
        var good = await SampleAsync();
        using (var folder = Open()) LastGood.Write(folder, good, FollowLimits.Default);
        using var again = Open();
        var read = LastGood.Read(again, FollowLimits.Default)!;
        Assert.Equal(good.Point, read.Point);
        Assert.Equal("http", read.State.Table(ControlState.DefaultWorkspace, ControlKinds.Services).Find("web")!.Text("protocol"));
    }

    [Fact]
    public async Task Nothing_in_the_folder_can_be_read_without_the_key()
    {
        using var folder = Open();
        LastGood.Write(folder, await SampleAsync(), FollowLimits.Default);
        new GatewayIdentity(Guid.NewGuid(), "authority", "certificate", "BEGIN PRIVATE KEY").Write(folder);
        foreach (var name in (string[])[LastGood.FileName, GatewayIdentity.FileName])
        {
            var text = System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(folder.PathOf(name)));
            Assert.DoesNotContain("web", text, StringComparison.Ordinal);
            Assert.DoesNotContain("PRIVATE KEY", text, StringComparison.Ordinal);
            if (!OperatingSystem.IsWindows())
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder.PathOf(name)));
        }
    }

    [Fact]
    public async Task Damage_anywhere_is_noticed()
    {
        using var folder = Open();
        LastGood.Write(folder, await SampleAsync(), FollowLimits.Default);
        var path = folder.PathOf(LastGood.FileName);
        var bytes = File.ReadAllBytes(path);
        foreach (var at in Enumerable.Range(0, bytes.Length).Where(static at => at is < 40 || at % 37 == 0))
        {
            var damaged = (byte[])bytes.Clone();
            damaged[at] ^= 1;
            File.WriteAllBytes(path, damaged);
            Assert.ThrowsAny<Exception>(() => LastGood.Read(folder, FollowLimits.Default));
        }
        for (var length = 0; length < bytes.Length; length += 23)
        {
            File.WriteAllBytes(path, bytes[..length]);
            Assert.Throws<IOException>(() => LastGood.Read(folder, FollowLimits.Default));
        }
    }

    [Fact]
    public async Task A_file_cannot_stand_in_the_place_of_another()
    {
        using var folder = Open();
        LastGood.Write(folder, await SampleAsync(), FollowLimits.Default);
        File.Copy(folder.PathOf(LastGood.FileName), folder.PathOf(GatewayIdentity.FileName));
        Assert.Throws<IOException>(() => GatewayIdentity.Read(folder));
    }

    [Fact]
    public async Task A_file_of_another_key_says_so()
    {
        using (var folder = Open()) LastGood.Write(folder, await SampleAsync(), FollowLimits.Default);
        using var other = GatewayFolder.Open(_place.FullName, new Keyring(new Dictionary<uint, byte[]> { [2] = RandomNumberGenerator.GetBytes(32) }));
        Assert.Contains("key 1", Assert.Throws<JournalUnusableException>(() => LastGood.Read(other, FollowLimits.Default)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void There_is_nothing_in_a_new_folder()
    {
        using var folder = Open();
        Assert.Null(LastGood.Read(folder, FollowLimits.Default));
        Assert.Null(GatewayIdentity.Read(folder));
    }

    public void Dispose() => _place.Delete(recursive: true);

    GatewayFolder Open() => GatewayFolder.Open(_place.FullName, null);

    static async Task<Followed> SampleAsync()
    {
        await using var plane = await Planes.OpenAsync();
        await plane.InsertAsync(ControlKinds.Services, """{"name":"web","url":"http://web"}""");
        await using var hub = await FeedTests.HubAsync(plane);
        return FeedTests.Take(hub, Followed.Nothing);
    }
}
