using System.Text;

namespace DmsOrleans.Cli.Shell;

/// <summary>Cuts a typed line into words as shells do: blanks divide, quotes keep together, a backslash takes the next character as it is.</summary>
internal static class ShellWords
{
    /// <summary>The words of a line.</summary>
    /// <exception cref="UsageException">A quote is not closed.</exception>
    public static IReadOnlyList<string> Split(string line)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var (inWord, quote) = (false, '\0');
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (quote == '\0' && char.IsWhiteSpace(c))
            {
                Finish(words, word, ref inWord);
            }
            else if (c == '\\' && quote != '\'' && i + 1 < line.Length)
            {
                (inWord, _) = (true, word.Append(line[++i]));
            }
            else if (quote == '\0' && c is ('"' or '\''))
            {
                (inWord, quote) = (true, c);
            }
            else if (quote != '\0' && c == quote)
            {
                quote = '\0';
            }
            else
            {
                (inWord, _) = (true, word.Append(c));
            }
        }

        Finish(words, word, ref inWord);
        return quote == '\0' ? words : throw new UsageException($"the quote {quote} is not closed.");
    }

    private static void Finish(List<string> words, StringBuilder word, ref bool inWord)
    {
        if (inWord)
        {
            words.Add(word.ToString());
            word.Clear();
            inWord = false;
        }
    }
}
