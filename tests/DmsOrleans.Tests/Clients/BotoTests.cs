using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using DmsOrleans.Tests.Node;

namespace DmsOrleans.Tests.Clients;

/// <summary>boto3 against a whole node. What it does and asserts stands in <c>tests/clients/all_operations.py</c>.</summary>
public sealed class BotoTests
{
    private const string ModelFile = "src/DmsOrleans.Gateway/Aws/Model/dms-serverless.subset.json";

    [Fact]
    public async Task Boto3_calls_every_operation_and_catches_faults_by_their_type()
    {
        using var directory = new DataDirectory();
        var python = await PythonAsync(directory.Path);
        await using var node = await TestNode.StartAsync(
            new TimeScale(3_600), configuration: new Dictionary<string, string?> { ["DmsOrleans:Quotas:ReplicationConfigs"] = "2" });
        var certificate = Path.Combine(directory.Path, "ca.pem");
        await File.WriteAllTextAsync(certificate, SelfSigned(), TestContext.Current.CancellationToken);
        var script = Path.Combine(Needs.Repository, "tests", "clients", "all_operations.py");
        var ran = await ChildProcess.RunAsync(python, [script, node.Url.ToString(), certificate], EnvironmentOf(directory.Path), JsonSerializer.Serialize(Operations()));
        Assert.EndsWith("all operations seen\n", ran.Succeeded().Out, StringComparison.Ordinal);
    }

    // Debian's own interpreter comes first where its packages are: another python on the PATH does not see them.
    private static async Task<string> PythonAsync(string directory)
    {
        foreach (var python in new[] { Needs.Find("python3"), "/usr/bin/python3" }.OfType<string>().Where(File.Exists))
        {
            if ((await ChildProcess.RunAsync(python, ["-c", "import boto3"], EnvironmentOf(directory))).ExitCode == 0)
            {
                return python;
            }
        }

        return Needs.Missing("boto3 is not installed: tests/run.sh installs python3-boto3 where there is apt-get.");
    }

    private static string SelfSigned()
    {
        using var key = RSA.Create(2048);
        var now = TimeProvider.System.GetUtcNow();
        return new CertificateRequest("CN=ca.example.com", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(now, now.AddDays(1)).ExportCertificatePem();
    }

    private static IEnumerable<string> Operations()
    {
        using var model = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Needs.Repository, ModelFile)));
        return [.. model.RootElement.GetProperty("operations").EnumerateObject().Select(o => o.Name)];
    }

    // Packages older than DMS Serverless take its operations from the model, which is laid where botocore looks.
    private static Dictionary<string, string?> EnvironmentOf(string directory)
    {
        var model = Path.Combine(directory, "models", "dms", "2016-01-01");
        if (!Directory.Exists(model))
        {
            Directory.CreateDirectory(model);
            File.Copy(Path.Combine(Needs.Repository, ModelFile), Path.Combine(model, "service-2.json"));
        }

        return new(AwsCli.CleanEnvironment) { ["AWS_DATA_PATH"] = Path.Combine(directory, "models"), ["PYTHONDONTWRITEBYTECODE"] = "1" };
    }
}
