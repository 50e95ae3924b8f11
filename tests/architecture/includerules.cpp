#include "tests/architecture/includerules.h"

#include <QDir>
#include <QDirIterator>
#include <QFileInfo>
#include <QHash>
#include <QLibraryInfo>
#include <QRegularExpression>
#include <functional>

namespace framescope::test {

namespace {

QStringList words(const char* text)
{
    return QString::fromLatin1(text).split(u' ', Qt::SkipEmptyParts);
}

/// What a room of core may see beside itself.
const QHash<QString, QStringList>& coreArrows()
{
    static const QHash<QString, QStringList> arrows = {
        {QStringLiteral("base"), {}},
        {QStringLiteral("frame"), words("base")},
        {QStringLiteral("auth"), words("base frame")},
        {QStringLiteral("gate"), words("base frame")},
        {QStringLiteral("decode"), words("base frame")},
        {QStringLiteral("filter"), words("base frame")},
        {QStringLiteral("metrics"), words("base frame")},
        {QStringLiteral("audit"), words("base frame")},
        {QStringLiteral("store"), words("base frame audit filter")},
        {QStringLiteral("exchange"), words("base frame audit filter store")},
        {QStringLiteral("replay"), words("base frame store")},
        {QStringLiteral("stream"), words("base frame auth")},
        {QStringLiteral("genesys"), words("base frame auth stream")},
        {QStringLiteral("audiohook"), words("base frame auth")},
        {QStringLiteral("routing"), words("base frame")},
        {QStringLiteral("session"), words("base frame auth gate decode filter metrics audit store exchange replay "
                                          "stream genesys audiohook routing")},
        {QStringLiteral("simulator"), words("base frame")},
    };
    return arrows;
}

/// Of core, ui sees these rooms whole, and of others these headers.
const QStringList uiRooms = words("base frame filter session");
const QStringList uiHeaders =
    words("core/routing/framefeed.h core/metrics/metricssnapshot.h core/metrics/metrics.h core/audit/auditentry.h "
          "core/audit/chainfaults.h "
          "core/store/sessionreader.h core/store/sessionfile.h core/exchange/exporter.h core/exchange/csvcells.h "
          "core/store/sessionwriter.h "
          "core/replay/replaystate.h "
          "core/genesys/notificationstate.h core/genesys/directory.h core/genesys/pkcesignin.h core/genesys/regions.h");

bool isHeaderOf(const char* module, const QString& target)
{
    const QString folder = QString::fromLatin1(module);
    if (target.startsWith(folder + u'/'))
        return true;
    static const QString headers = QLibraryInfo::path(QLibraryInfo::HeadersPath);
    return !target.contains(u'/') && QFileInfo::exists(headers + u'/' + folder + u'/' + target);
}

bool isWidgetHeader(const QString& target)
{
    return isHeaderOf("QtWidgets", target);
}

bool isGuiHeader(const QString& target)
{
    static const char* const modules[] = {"QtGui",    "QtWidgets",       "QtCharts",       "QtSvg",
                                          "QtOpenGL", "QtOpenGLWidgets", "QtPrintSupport", "QtSvgWidgets"};
    return std::any_of(std::begin(modules), std::end(modules),
                       [&](const char* module) { return isHeaderOf(module, target); });
}

bool isNetworkHeader(const QString& target)
{
    static const QStringList system = words("sys/un.h netinet/in.h netinet/tcp.h arpa/inet.h netdb.h");
    return isHeaderOf("QtNetwork", target) || isHeaderOf("QtWebSockets", target) || system.contains(target);
}

struct LibraryRule
{
    const char* what;
    std::function<bool(const QString&)> isHeader;
    QStringList allowed; ///< beginnings of the paths that may include it
};

const std::vector<LibraryRule>& libraryRules()
{
    const auto startsWith = [](const char* prefix) {
        return [p = QString::fromLatin1(prefix)](const QString& target) { return target.startsWith(p); };
    };
    static const std::vector<LibraryRule> rules = {
        {"the network", isNetworkHeader,
         words("core/auth/ core/stream/ core/genesys/ core/audiohook/ core/routing/outlet core/simulator/")},
        {"SQLite", startsWith("sqlite3"), words("core/store/")},
        {"Qt SQL", [](const QString& target) { return isHeaderOf("QtSql", target); }, {}},
        {"simdjson", startsWith("simdjson"), words("core/decode/")},
        {"zstd", startsWith("zstd"), words("core/store/")},
        {"OpenSSL", startsWith("openssl/"), words("core/base/sha256 core/audit/ core/store/ core/simulator/")},
        {"the keyring",
         [](const QString& target) {
             return target.contains(QStringLiteral("keychain"), Qt::CaseInsensitive) &&
                    !target.startsWith(QStringLiteral("core/"));
         },
         words("core/auth/")},
    };
    return rules;
}

QString roomOf(const QString& path)
{
    return path.section(u'/', 1, 1);
}

QString whyNotFromCore(const QString& file, const QString& target)
{
    const QString room = roomOf(file);
    if (!coreArrows().contains(room))
        return QStringLiteral("core has no room '%1' in tests/architecture/includerules.cpp").arg(room);
    if (isGuiHeader(target))
        return QStringLiteral("core knows no GUI");
    if (room == QStringLiteral("simulator") && target == QStringLiteral("core/base/sha256.h"))
        return QStringLiteral("the simulator shares no checksum code with core");
    if (target.startsWith(QStringLiteral("ui/")) || target.startsWith(QStringLiteral("app/")))
        return QStringLiteral("core never looks up at ui or app");
    if (target.startsWith(QStringLiteral("core/")) && roomOf(target) != room &&
        !coreArrows().value(room).contains(roomOf(target)))
        return QStringLiteral("there is no arrow from %1 to %2").arg(room, roomOf(target));
    return {};
}

QString whyNotFromUi(const QString& target)
{
    if (target.startsWith(QStringLiteral("app/")))
        return QStringLiteral("ui never looks up at app");
    if (target.startsWith(QStringLiteral("core/")) && !uiRooms.contains(roomOf(target)) && !uiHeaders.contains(target))
        return QStringLiteral("ui sees session, frame, filter, base, the feed, snapshots and readers only");
    return {};
}

QString whyNotFromApp(const QString& file, const QString& target)
{
    if (!file.startsWith(QStringLiteral("app/cli/")))
        return {};
    if (target.startsWith(QStringLiteral("ui/")) || target.startsWith(QStringLiteral("app/gui/")) ||
        isGuiHeader(target))
        return QStringLiteral("the command line works without a GUI");
    return {};
}

/// Calls @p found with each file of core, ui and app and each of its #include targets and quoting characters.
void forEachInclude(const QString& sourceFolder,
                    const std::function<void(const QString&, QChar, const QString&)>& found)
{
    static const QRegularExpression line(QStringLiteral(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"])"),
                                         QRegularExpression::MultilineOption);
    const QDir root(sourceFolder);
    for (const char* top : {"core", "ui", "app"}) {
        QDirIterator files(root.filePath(QString::fromLatin1(top)), {QStringLiteral("*.h"), QStringLiteral("*.cpp")},
                           QDir::Files, QDirIterator::Subdirectories);
        while (files.hasNext()) {
            QFile file(files.next());
            if (!file.open(QIODevice::ReadOnly))
                qFatal("cannot read %s", qPrintable(file.fileName()));
            const QString text = QString::fromUtf8(file.readAll());
            auto matches = line.globalMatch(text);
            while (matches.hasNext()) {
                const auto match = matches.next();
                found(root.relativeFilePath(file.fileName()), match.captured(1).at(0), match.captured(2));
            }
        }
    }
}

} // namespace

QString whyNotIncluded(const QString& file, const QString& target)
{
    const QString name = QFileInfo(file).fileName();
    if (name.contains(QStringLiteral("model.")) && isWidgetHeader(target))
        return QStringLiteral("a model includes nothing from QtWidgets");
    for (const LibraryRule& rule : libraryRules()) {
        const bool allowed = std::any_of(rule.allowed.begin(), rule.allowed.end(),
                                         [&](const QString& at) { return file.startsWith(at); });
        if (!allowed && rule.isHeader(target))
            return QStringLiteral("only %1 may see %2")
                .arg(rule.allowed.isEmpty() ? QStringLiteral("nobody") : rule.allowed.join(u' '),
                     QString::fromLatin1(rule.what));
    }
    if (file.startsWith(QStringLiteral("core/")))
        return whyNotFromCore(file, target);
    return file.startsWith(QStringLiteral("ui/")) ? whyNotFromUi(target) : whyNotFromApp(file, target);
}

QStringList includeViolations(const QString& sourceFolder)
{
    static const QRegularExpression fromTheRoot(QStringLiteral("^(core|ui|app)/"));
    QStringList violations;
    forEachInclude(sourceFolder, [&](const QString& file, QChar quote, const QString& target) {
        QString why = whyNotIncluded(file, target);
        const bool generated = target.endsWith(QStringLiteral(".moc")) || target.startsWith(QStringLiteral("moc_"));
        if (why.isEmpty() && quote == u'"' && !generated && !fromTheRoot.match(target).hasMatch())
            why = QStringLiteral("includes of our own start at the root");
        if (!why.isEmpty())
            violations += QStringLiteral("%1 includes %2: %3").arg(file, target, why);
    });
    return violations;
}

int includeCount(const QString& sourceFolder)
{
    int count = 0;
    forEachInclude(sourceFolder, [&](const QString&, QChar, const QString&) { ++count; });
    return count;
}

QStringList strangersAtTheTop(const QString& sourceFolder)
{
    static const QStringList known = words("CMakeLists.txt app core ui resources tests README.md build");
    QStringList strangers;
    const QStringList entries =
        QDir(sourceFolder).entryList(QDir::AllEntries | QDir::NoDotAndDotDot); // not the dot-files
    for (const QString& entry : entries) {
        if (!known.contains(entry))
            strangers += entry;
    }
    return strangers;
}

} // namespace framescope::test
