#pragma once
/// Reads one HTTP request line from a browser on this machine and answers with a small page: all that a loopback
/// redirect needs (RFC 8252 section 7.3).
///
/// Bounded: 8 KiB of head, 10 s, a body is not read. Thread: the socket's. Owner: itself; it goes with its socket.
#include <QByteArray>
#include <QObject>
#include <QUrl>
#include <functional>

class QTcpSocket;

namespace framescope {

class LoopbackRequest : public QObject
{
    Q_OBJECT

public:
    struct Answer
    {
        int status = 200;
        QByteArray title;   ///< plain text of our own, no foreign text
        QByteArray message; ///< the same
    };

    /// @p handler gets the method and the path with its query, once, for a request that is well formed.
    LoopbackRequest(QTcpSocket* socket, std::function<Answer(const QByteArray& method, const QUrl& target)> handler,
                    QObject* parent);

private:
    void onReadyRead();
    void answer(const Answer& answer);

    QTcpSocket* m_socket;
    std::function<Answer(const QByteArray&, const QUrl&)> m_handler;
    QByteArray m_head;
    bool m_answered = false;
};

} // namespace framescope
