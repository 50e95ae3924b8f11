#include "core/session/recovery.h"

#include "core/session/session.h"

#include <QCoreApplication>
#include <QPointer>
#include <QThreadPool>

namespace framescope::recovery {

namespace {

/// Runs @p work in the background and hands what it returns to @p reply.
template <typename Work, typename Reply>
void inBackground(QObject* context, Work work, Reply reply)
{
    QThreadPool::globalInstance()->start([guard = QPointer<QObject>(context), work, reply] {
        auto result = work();
        QMetaObject::invokeMethod(QCoreApplication::instance(), [guard, reply, result = std::move(result)] {
            if (guard)
                reply(result);
        });
    });
}

AuditEvent recoveredEvent(const InterruptedSession& session, bool asCopy)
{
    return auditEvent(AuditAction::SessionRecovered, Severity::Warning,
                      asCopy ? QStringLiteral("a copy of ") + session.path : session.path,
                      {{QStringLiteral("frames"), qint64(session.frames)},
                       {QStringLiteral("last_seq"), qint64(session.lastSeq)},
                       {QStringLiteral("last_utc"), QString::fromLatin1(rfc3339Utc(session.lastWallNs))}});
}

} // namespace

void find(const QString& folder, QObject* context, FoundReply reply)
{
    inBackground(
        context, [folder] { return findInterruptedSessions(folder); }, std::move(reply));
}

void open(const InterruptedSession& session, bool asCopy, QObject* context, const RecoveredReply& reply)
{
    const auto work = [session, asCopy]() -> Expected<QString> {
        if (asCopy)
            return copyInterruptedSession(session.path);
        if (const Expected<void> folded = foldInterruptedSession(session.path); !folded)
            return tl::unexpected(folded.error());
        return session.path;
    };
    const auto note = [session, asCopy, guard = QPointer<QObject>(context), reply](const Expected<QString>& path) {
        if (!path) {
            reply(tl::unexpected(path.error()));
            return;
        }
        Session::recordInFinished(*path, recoveredEvent(session, asCopy), guard,
                                  [path = *path, reply](const Expected<quint64>& seq) {
                                      reply(Recovered{path, seq ? std::nullopt : std::optional(seq.error())});
                                  });
    };
    inBackground(context, work, note);
}

void discard(const QString& path, QObject* context, std::function<void(const Expected<void>&)> reply)
{
    inBackground(
        context, [path] { return discardInterruptedSession(path); }, std::move(reply));
}

} // namespace framescope::recovery
