namespace DmsOrleans.Tests.Clients;

/// <summary>What some tests need of the machine. Missing at a desk: skipped, with the reason. Missing in CI: failed, since nobody reads skips there.</summary>
internal static class Needs
{
    /// <summary>The path of a program, or the end of this test.</summary>
    public static string Program(string name, string hint) => Find(name) ?? Missing($"{name} is not on the PATH: {hint}");

    /// <summary>Ends this test: skipped, or failed in CI unless something else <paramref name="standsIn"/>.</summary>
    public static string Missing(string reason, bool standsIn = false)
    {
        if (!standsIn && string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase))
        {
            Assert.Fail(reason);
        }

        Assert.Skip(reason);
        return reason;
    }

    /// <summary>The path of a program; null when there is none.</summary>
    public static string? Find(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Where(directory => directory.Length > 0).Select(directory => Path.Combine(directory, name)).FirstOrDefault(File.Exists);

    /// <summary>The repository this was built in.</summary>
    public static string Repository { get; } = FindRepository();

    private static string FindRepository()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "DmsOrleans.sln")))
            {
                return directory.FullName;
            }
        }

        throw new InvalidOperationException($"{AppContext.BaseDirectory} lies in no checkout of this repository.");
    }
}
