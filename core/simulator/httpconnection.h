#pragma once
/// A client that has just connected: reads its one HTTP request, then answers and closes, hands the socket over, or
/// holds it. Thread: the simulator's. Memory: one request (HttpRequestReader). It deletes itself when its socket is
/// gone.
#include "core/simulator/httprequest.h"
#include "core/simulator/tokenendpoint.h"

#include <QObject>
#include <QTimer>
#include <chrono>
#include <functional>

class QTcpSocket;

namespace framescope {

class HttpConnection : public QObject
{
public:
    /// @p onRequest is called once, when the request is whole and well formed.
    HttpConnection(QTcpSocket* socket, std::function<void(HttpConnection&)> onRequest, QObject* parent);

    [[nodiscard]] const HttpRequest& request() const { return m_reader.request(); }
    [[nodiscard]] QByteArray rest() const { return m_reader.rest(); }
    void reply(const HttpReply& reply);
    /// Never answers; the client has to give up.
    void hold(std::chrono::milliseconds atMost);
    /// The caller owns the socket from now on; this object goes away.
    [[nodiscard]] QTcpSocket* takeSocket();

private:
    void read();

    QTcpSocket* m_socket;
    std::function<void(HttpConnection&)> m_onRequest;
    HttpRequestReader m_reader;
    QTimer m_patience;
    bool m_answered = false;
};

} // namespace framescope
