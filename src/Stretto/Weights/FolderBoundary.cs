namespace Stretto.Weights;

/// <summary>Keeps what an index names inside the folder that the index lies in.</summary>
internal static class FolderBoundary
{
    private const int MostLinks = 40;

    /// <summary>Whether the name is that of a file in a folder, without any way out of it on any system.</summary>
    public static bool IsPlainName(string name) =>
        name.Length is > 0 and <= 255
            && name is not ("." or "..") && !name.Any(c => c is '/' or '\\' or ':' || char.IsControl(c));

    /// <summary>
    /// Whether the file, after all links, lies under the folder. The hub's cache links the files of
    /// <c>snapshots/REVISION</c> to
    /// <c>blobs</c> beside <c>snapshots</c>: that stays inside, too.
    /// </summary>
    public static bool Holds(string folder, string file)
    {
        string root = Resolve(Path.GetFullPath(folder));
        string? parent = Path.GetDirectoryName(root);
        string? target = Resolve(Path.GetFullPath(file));
        return IsUnder(target, root) || (parent is not null && Path.GetFileName(parent) == "snapshots"
            && IsUnder(target, Path.Combine(Path.GetDirectoryName(parent)!, "blobs")));
    }

    private static bool IsUnder(string? path, string folder) =>
        path is not null && path.StartsWith(
            Path.TrimEndingDirectorySeparator(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    // FileInfo.ResolveLinkTarget follows the last part only; a link in the middle of its target would go unseen.
    private static string Resolve(string path)
    {
        string root = Path.GetPathRoot(path)!;
        string done = root;
        Stack<string> parts = new();
        Push(parts, path[root.Length..]);
        for (int links = 0; parts.TryPop(out string? part);)
        {
            if (part is "." or "..")
            {
                done = part == "." ? done : Path.GetDirectoryName(done) ?? root;
                continue;
            }

            string next = Path.Combine(done, part);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                done = next;
                continue;
            }

            if (++links > MostLinks)
            {
                throw new IOException($"'{path}' leads through more than {MostLinks} links");
            }

            string from = Path.GetPathRoot(target) ?? "";
            done = from.Length > 0 ? Path.GetFullPath(from) : done;
            Push(parts, target[from.Length..]);
        }

        return done;
    }

    private static void Push(Stack<string> parts, string path)
    {
        string[] names = path.Split(
            [Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries);
        for (int i = names.Length - 1; i >= 0; i--)
        {
            parts.Push(names[i]);
        }
    }
}
