#pragma once
/// What the window remembers between runs: geometry, splitters, columns, recent sessions. A file under
/// `$XDG_STATE_HOME` (XDG Base Directory Specification 0.8: view state and recent files belong there), never under the
/// settings. Thread: gui.
#include <QByteArray>
#include <QString>
#include <QStringList>

namespace framescope {

class WindowMemory
{
public:
    static constexpr int recentLimit = 10;

    [[nodiscard]] static QString path();
    [[nodiscard]] static QByteArray state(const QString& key);
    static void setState(const QString& key, const QByteArray& state);
    static void forgetLayout();

    [[nodiscard]] static QStringList recentSessions();
    static void addRecentSession(const QString& path);
    static void clearRecentSessions();
};

} // namespace framescope
