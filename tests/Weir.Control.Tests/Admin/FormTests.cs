using System.Text.Json;

namespace Weir.Control.Tests;

public sealed class FormTests
{
    [Fact]
    public async Task A_form_says_the_same_as_JSON()
    {
        await using var admin = await AdminHarness.OpenAsync();
        await admin.FormAsync("POST", "/services", "name=a&host=h&port=8080&retries=2&enabled=false&tags[]=x&tags[]=y&path=");
        var service = await admin.GetAsync("/services/a");
        Assert.Equal((8080, 2, false), (service["port"].GetInt32(), service["retries"].GetInt32(), service["enabled"].GetBoolean()));
        Assert.Equal("""["x","y"]""", service["tags"].GetRawText());
        Assert.Equal(JsonValueKind.Null, service["path"].ValueKind);
        var route = await admin.FormAsync("POST", "/routes",
            "name=r&paths[1]=/a&paths[2]=/b&methods=GET,POST&headers.version=v1,v2&headers.x[]=1&service.name=a&strip_path=false");
        Assert.Equal((201, """["/a","/b"]""", """["GET","POST"]""", """{"version":["v1","v2"],"x":["1"]}"""),
            (route.Status, route["paths"].GetRawText(), route["methods"].GetRawText(), route["headers"].GetRawText()));
        Assert.Equal(service.Id, route["service"].GetProperty("id").GetString());
    }

    [Fact]
    public async Task Settings_of_plugins_are_typed_by_the_plugin()
    {
        await using var admin = await AdminHarness.OpenAsync();
        var plugin = await admin.FormAsync("POST", "/plugins", "name=brake&config.ms=20&config.words=a,b&config.place.port=8080&config.names.x=1");
        Assert.Equal("""{"ms":20,"ms_max":100,"words":["a","b"],"place":{"host":null,"port":8080},"names":{"x":"1"}}""", plugin["config"].GetRawText());
        var changed = await admin.FormAsync("PATCH", "/plugins/" + plugin.Id, "config.ms=30&enabled=false");
        Assert.Equal((200, 30, false), (changed.Status, changed["config"].GetProperty("ms").GetInt32(), changed["enabled"].GetBoolean()));
    }

    [Fact]
    public async Task What_is_no_number_stays_text_and_is_refused_by_name()
    {
        await using var admin = await AdminHarness.OpenAsync();
        var answer = await admin.FormAsync("POST", "/services", "host=h&port=eighty&colour=red");
        Assert.Equal(400, answer.Status);
        Assert.Contains("colour: unknown field", answer.Message, StringComparison.Ordinal);
        Assert.Contains("port: expected an integer", answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_parts_of_a_multipart_form_are_fields()
    {
        await using var admin = await AdminHarness.OpenAsync();
        const string body = "--cut\r\nContent-Disposition: form-data; name=\"host\"\r\n\r\nh\r\n"
            + "--cut\r\nContent-Disposition: form-data; name=\"name\"; filename=\"n.txt\"\r\nContent-Type: text/plain\r\n\r\nfrom-a-file\r\n--cut--\r\n";
        var answer = await admin.SendAsync("POST", "/services", body, "multipart/form-data; boundary=cut");
        Assert.Equal((201, "from-a-file"), (answer.Status, answer["name"].GetString()));
        Assert.Equal(400, (await admin.SendAsync("POST", "/services", "--cut\r\nbroken", "multipart/form-data; boundary=cut")).Status);
    }

    [Fact]
    public async Task A_url_stands_for_its_parts()
    {
        await using var admin = await AdminHarness.OpenAsync();
        var answer = await admin.FormAsync("POST", "/services", "name=a&url=https%3A%2F%2Fh.example%2Fv1");
        Assert.Equal((201, "https", 443), (answer.Status, answer["protocol"].GetString(), answer["port"].GetInt32()));
    }
}
